import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { ManualTime } from '../../../test/manual-time.ts';
import { systemPorts } from '../../../test/ports.ts';
import { SYSTEM } from '../../kernel/policy.ts';
import { openSqlite } from '../../store/open-sqlite.ts';
import { createEgressPolicy } from '../egress-policy.ts';
import { createOutbox } from '../outbox.ts';
import { outboxEntry } from '../outbox-entry.ts';
import { deliverWebhooks } from './deliver-webhooks.ts';
import { WEBHOOK_ATTEMPTS_MAX } from './delivery-pauses.ts';
import { enqueueDeliveries } from './enqueue-deliveries.ts';
import { listDeliveries } from './list-deliveries.ts';
import { signDelivery } from './sign-delivery.ts';
import type { ReceiverReport } from './webhook-context.ts';
import { createWebhook, deleteWebhook, listWebhooks, testWebhook } from './webhooks.ts';

const OPENED = 'monitoring.incident.opened';
const TYPES = [OPENED, 'monitoring.incident.closed', 'retraining.effect.kept'];

interface Received {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** Webhooks over a database in memory, a clock that a test moves, and a receiver on the loopback. */
async function bed() {
  const time = new ManualTime();
  const db = await openSqlite({ path: ':memory:', clock: time.clock });
  const received: Received[] = [];
  const state: { status: number; port: number; tried: number } = { status: 200, port: 0, tried: 0 };
  const server = createServer((request, response) => {
    state.tried++;
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (state.status === 200)
        received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      response.writeHead(state.status, { location: 'http://127.0.0.1/' }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  state.port = (server.address() as AddressInfo).port;
  const reports: ReceiverReport[] = [];
  const ctx = {
    db,
    clock: time.clock,
    random: systemPorts.random,
    egress: createEgressPolicy({ allow: `127.0.0.1:${state.port}` }),
    principal: SYSTEM,
    eventTypes: TYPES,
    formats: {},
    onReceiver: async (report: ReceiverReport) => void reports.push(report),
  };
  const outbox = createOutbox({
    db,
    clock: time.clock,
    subscribers: TYPES.map((type) => ({ type, handle: (event) => enqueueDeliveries(ctx, event) })),
  });
  return {
    time,
    db,
    ctx,
    state,
    received,
    reports,
    outbox,
    url: `http://127.0.0.1:${state.port}/hook`,
    emit: async (type: string, project = 'flights') => {
      await db.commit({ statements: [outboxEntry({ type, project, body: { incident: 'inc_1' } }, ctx)] });
      time.advance(1);
      await outbox.deliver();
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await db.close();
    },
  };
}

/** As docs/operate/webhooks.md tells a receiver, by another implementation of HMAC than the sender's. */
async function holds(secret: string, { headers, body }: Received): Promise<boolean> {
  const [, t = '', v1 = ''] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['tend-signature'])) ?? [];
  const bytes = new TextEncoder();
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', bytes.encode(secret), algorithm, false, ['verify']);
  return crypto.subtle.verify('HMAC', key, Buffer.from(v1, 'hex'), bytes.encode(`${t}.${body}`));
}

test('a signature is the HMAC that openssl computes', () => {
  // printf '1700000000.{"id":"evt_1"}' | openssl dgst -sha256 -hmac whsec_test
  const digest = 'c89214b5b5da833daed6f0b8c5bb6bd58cea9022bd80ccc78230f3942d632925';
  assert.equal(signDelivery('whsec_test', '{"id":"evt_1"}', 1_700_000_000_999), `t=1700000000,v1=${digest}`);
});

test('who asked for an event is sent it once, signed; a flipped byte is found out', async () => {
  await using b = await bed();
  const mine = await createWebhook(b.ctx, { url: b.url, events: ['monitoring.*'] });
  await b.emit('retraining.effect.kept');
  await b.emit(OPENED);
  await deliverWebhooks(b.ctx);
  await deliverWebhooks(b.ctx);
  assert.equal(b.received.length, 1);
  const [delivery] = b.received as [Received];
  const { data, type, project, at, id } = JSON.parse(delivery.body) as Record<string, unknown>;
  assert.deepEqual(
    [data, type, project, typeof at, String(id).slice(0, 4)],
    [{ incident: 'inc_1' }, OPENED, 'flights', 'number', 'evt_'],
  );
  assert.equal(delivery.headers['tend-event'], OPENED);
  assert.match(String(delivery.headers['tend-delivery']), /^dlv_/);
  assert.equal(await holds(mine.secret, delivery), true);
  assert.equal(
    await holds(mine.secret, { ...delivery, body: delivery.body.replace('inc_1', 'inc_2') }),
    false,
  );
  assert.equal(await holds(`${mine.secret}x`, delivery), false);
  assert.deepEqual(
    (await listWebhooks(b.ctx, { limit: 10 })).items.map((item) => 'secret' in item),
    [false],
  );
});

test('an event that the outbox delivers again is not sent again', async () => {
  await using b = await bed();
  const hook = await createWebhook(b.ctx, { url: b.url, events: ['*'] });
  const event = { id: 'evt_1', type: OPENED, at: 1, project: 'flights', body: {} };
  await enqueueDeliveries(b.ctx, event);
  await enqueueDeliveries(b.ctx, event);
  await deliverWebhooks(b.ctx);
  await enqueueDeliveries(b.ctx, event);
  await Promise.all([deliverWebhooks(b.ctx), deliverWebhooks(b.ctx)]);
  assert.equal(b.received.length, 1);
  assert.equal((await listDeliveries(b.ctx, { id: hook.id, limit: 10 })).items.length, 1);
});

test('a delivery claimed by a process that died is sent by the next', async () => {
  await using b = await bed();
  await createWebhook(b.ctx, { url: b.url, events: ['*'] });
  await b.emit(OPENED);
  const dies = {
    ...b.ctx,
    egress: { resolve: () => new Promise<never>(() => undefined) },
    db: { ...b.db },
  };
  void deliverWebhooks(dies).catch(() => undefined);
  const claimed = async () =>
    (await b.db.query.selectFrom('webhook_delivery').select('attempts').executeTakeFirst())?.attempts;
  while ((await claimed()) === 0) await new Promise((resolve) => setImmediate(resolve));
  await deliverWebhooks(b.ctx);
  assert.equal(b.received.length, 0);
  b.time.advance(60_001);
  await deliverWebhooks(b.ctx);
  assert.equal(b.received.length, 1);
});

test('a receiver that is down is tried ten times in a day, whatever waits, and given up once', async () => {
  await using b = await bed();
  const hook = await createWebhook(b.ctx, { url: b.url, events: ['*'] });
  b.state.status = 503;
  const started = b.time.clock.now();
  for (let i = 0; i < 40; i++) await b.emit(OPENED);
  // A tick every 10 seconds for two days is what a server does; here only where something can be due.
  while (b.reports.length === 0 && b.time.clock.now() - started < 2 * 86_400_000) {
    await deliverWebhooks(b.ctx);
    b.time.advance(10_000);
  }
  const hours = (b.time.clock.now() - started) / 3_600_000;
  assert.ok(hours > 20 && hours < 25, `${hours} hours`);
  assert.equal(b.state.tried, WEBHOOK_ATTEMPTS_MAX);
  assert.deepEqual(
    b.reports.map(({ answers, webhook, reason }) => [answers, webhook === hook.id, reason]),
    [[false, true, 'it answered 503']],
  );
  const { items } = await listDeliveries(b.ctx, { id: hook.id, limit: 100 });
  assert.deepEqual(new Set(items.map(({ state }) => state)), new Set(['given-up']));
  const ledger = await b.db.query
    .selectFrom('ledger')
    .select('action')
    .where('action', '=', 'webhook.delivery-given-up')
    .execute();
  assert.equal(ledger.length, 40);
});

test('news waits behind what failed: a receiver that is down is called once in five minutes', async () => {
  await using b = await bed();
  await createWebhook(b.ctx, { url: b.url, events: ['*'] });
  b.state.status = 500;
  for (let second = 0; second < 3 * 3_600; second += 20) {
    if (second % 60 === 0) await b.emit(OPENED);
    await deliverWebhooks(b.ctx);
    b.time.advance(20_000);
  }
  // 10 s, 30 s, 2 min at first; then one in five minutes for three hours.
  assert.ok(b.state.tried <= 4 + 36, `${b.state.tried} calls`);
  b.state.status = 200;
  b.time.advance(3_600_000);
  await deliverWebhooks(b.ctx);
  await deliverWebhooks(b.ctx);
  await deliverWebhooks(b.ctx);
  await deliverWebhooks(b.ctx);
  b.time.advance(3 * 3_600_000);
  await deliverWebhooks(b.ctx);
  await deliverWebhooks(b.ctx);
  assert.equal(new Set(b.received.map(({ body }) => body)).size, 180);
  assert.equal(b.received.length, 180);
  assert.equal(b.reports.at(-1)?.answers, true);
});

test('what a receiver refuses comes again by itself and keeps nothing else back', async () => {
  await using b = await bed();
  const hook = await createWebhook(b.ctx, { url: b.url, events: [OPENED] });
  await b.emit(OPENED);
  b.state.status = 422;
  await deliverWebhooks(b.ctx);
  b.state.status = 200;
  await b.emit(OPENED);
  // News is behind the refused one, which is due in ten seconds.
  b.time.advance(10_000);
  await deliverWebhooks(b.ctx);
  assert.equal(b.received.length, 2);
  const { items } = await listDeliveries(b.ctx, { id: hook.id, limit: 10 });
  assert.deepEqual(
    items.map(({ state, lastStatus }) => [state, lastStatus]),
    [
      ['delivered', 200],
      ['delivered', 200],
    ],
  );
});

test('a slow receiver keeps no other waiting', async () => {
  await using other = await bed();
  let release: () => void = () => undefined;
  const hanging = new Promise<never>((_resolve, reject) => {
    release = () => reject(new Error('cut'));
  });
  const egress = {
    resolve: (url: string) => (url.includes('slow') ? hanging : other.ctx.egress.resolve(url)),
  };
  await createWebhook(other.ctx, { url: `${other.url}/slow`, events: ['*'] });
  await createWebhook(other.ctx, { url: other.url, events: ['*'] });
  await other.emit(OPENED);
  const passes = deliverWebhooks({ ...other.ctx, egress });
  while (other.received.length === 0) await new Promise((resolve) => setImmediate(resolve));
  release();
  await passes;
  assert.equal(other.received.length, 1);
});

test('a redirect is no delivery, and neither is a name that came to lead inside', async () => {
  await using b = await bed();
  const hook = await createWebhook(b.ctx, { url: b.url, events: ['*'] });
  b.state.status = 302;
  await b.emit(OPENED);
  await deliverWebhooks(b.ctx);
  let [row] = (await listDeliveries(b.ctx, { id: hook.id, limit: 1 })).items;
  assert.equal(row?.lastError, 'it answered 302; redirects are not followed');
  b.time.advance(10_000);
  await deliverWebhooks({ ...b.ctx, egress: createEgressPolicy({ allow: '' }) });
  [row] = (await listDeliveries(b.ctx, { id: hook.id, limit: 1 })).items;
  assert.match(row?.lastError ?? '', /leads to 127.0.0.1, which is not a public address/);
  assert.deepEqual([row?.state, row?.attempts, b.state.tried], ['waiting', 2, 1]);
});

test('a webhook that could never work is refused; a deleted one ends with what waits for it', async () => {
  await using b = await bed();
  const make = (url: string, events = ['*'], project?: string) =>
    createWebhook(b.ctx, { url, events, ...(project === undefined ? {} : { project }) });
  await assert.rejects(make('http://127.0.0.1:1/'), { code: 'INVALID_INPUT' });
  await assert.rejects(make('https://169.254.169.254/latest'), { code: 'INVALID_INPUT' });
  await assert.rejects(make('gopher://hooks.example/'), { code: 'INVALID_INPUT' });
  await assert.rejects(make(b.url, ['monitoring.incident.opend']), {
    code: 'INVALID_INPUT',
    message: 'there is no event monitoring.incident.opend',
  });
  await assert.rejects(make(b.url, ['*'], 'nowhere'), { code: 'NOT_FOUND' });
  const hook = await make(b.url);
  await b.emit(OPENED);
  await deleteWebhook(b.ctx, hook.id);
  await deliverWebhooks(b.ctx);
  assert.equal(b.received.length, 0);
  await assert.rejects(deleteWebhook(b.ctx, hook.id), { code: 'NOT_FOUND' });
  const actions = await b.db.query.selectFrom('ledger').select(['action', 'body']).execute();
  assert.deepEqual(
    actions.map(({ action }) => action),
    ['webhook.created', 'webhook.deleted'],
  );
  assert.ok(actions.every(({ body }) => !body.includes('/hook') && !body.includes('whsec_')));
});

test('a test says at once how it went', async () => {
  await using b = await bed();
  const { id } = await createWebhook(b.ctx, { url: b.url, events: [OPENED] });
  const good = await testWebhook(b.ctx, id);
  assert.deepEqual([good.delivered, good.status, b.received.length], [true, 200, 1]);
  b.state.status = 404;
  const bad = await testWebhook(b.ctx, id);
  assert.deepEqual([bad.delivered, bad.status, bad.error], [false, 404, 'it answered 404']);
  b.time.advance(86_400_000);
  await deliverWebhooks(b.ctx);
  assert.equal(b.state.tried, 2);
});
