import assert from 'node:assert/strict';
import { systemPorts } from '../../../../test/ports.ts';
import type { Claims } from '../../../../test/claims.ts';
import type { DatabaseContext } from '../../../../test/database-context.ts';
import { sha256 } from '../../../kernel/hash.ts';
import { sweepUploads } from '../../../lifecycle/training/tracking/artifact-upload.ts';
import { sweepBlobs } from '../../../lifecycle/training/tracking/release-blobs.ts';
import { readLedger } from '../../../store/ledger.ts';
import { type MlflowBed, openMlflowBed, type Reply } from '../mlflow-testbed.ts';

const FILES = '/api/2.0/mlflow-artifacts/artifacts';
const MPU = '/api/2.0/mlflow-artifacts/mpu';
const HEADERS = { 'content-type': 'application/json', host: 'tend.example:4600' };
const HOUR_MS = 3_600_000;

const withBed =
  (claim: (bed: MlflowBed) => Promise<void>) =>
  async ({ db }: DatabaseContext): Promise<void> => {
    using bed = openMlflowBed(db);
    await claim(bed);
  };

const put = (bed: MlflowBed, path: string, body: string): Promise<Reply> =>
  bed.send('PUT', `${FILES}/${path}`, body);

const post = (bed: MlflowBed, call: string, input: object, headers = HEADERS): Promise<Reply> =>
  bed.send('POST', `${MPU}/${call}`, JSON.stringify(input), headers);

interface Credential {
  readonly url: string;
  readonly part_number: number;
  readonly headers: Readonly<Record<string, string>>;
}

async function begin(bed: MlflowBed, folder: string, count: number) {
  const { status, json, text } = await post(bed, `create/${folder}`, {
    path: 'folder/of/theirs/big.bin',
    num_parts: count,
  });
  assert.equal(status, 200, text);
  return { id: String(json.upload_id), credentials: json.credentials as readonly Credential[] };
}

async function send(bed: MlflowBed, credential: Credential | undefined, body: string): Promise<string> {
  assert.ok(credential !== undefined);
  const { status, headers, text } = await bed.send(
    'PUT',
    new URL(credential.url).pathname,
    body,
    credential.headers,
  );
  assert.equal(status, 200, text);
  return headers['etag'] ?? '';
}

const has = ({ blobs }: MlflowBed, text: string): Promise<boolean> => blobs.has(sha256(text));

/** As a sweep an hour later. */
const sweep = (bed: MlflowBed): Promise<number> => sweepBlobs({ ...bed, clock: later(HOUR_MS * 2) });

const later = (byMs: number) => ({ ...systemPorts.clock, now: () => Date.now() + byMs });

async function refused(reply: Promise<Reply>, status: number, code: string): Promise<void> {
  const { status: came, json, text } = await reply;
  assert.deepEqual([came, json?.error_code], [status, code], text);
}

/** What holds of files and uploads, on every database. */
export const artifactClaims: Claims<DatabaseContext> = {
  'bytes of what was replaced or deleted go, those that anything else has stay': withBed(async (bed) => {
    for (const [path, text] of [
      ['1/a', 'replaced'],
      ['1/a', 'newer'],
      ['1/b', 'shared'],
      ['1/f/c', 'shared'],
      ['1/f/g/d', 'deep'],
      ['1/again', 'comes again'],
    ] as const)
      assert.equal((await put(bed, path, text)).status, 200);
    assert.equal((await put(bed, '1/f', 'refused')).status, 400);
    for (const path of ['1/f', '1/again'])
      assert.equal((await bed.send('DELETE', `${FILES}/${path}`)).status, 200);
    assert.equal(await sweepBlobs({ ...bed, clock: systemPorts.clock }), 0, 'they lie for an hour');
    assert.equal((await put(bed, '1/elsewhere', 'comes again')).status, 200);
    assert.equal(await sweep(bed), 3);
    for (const gone of ['replaced', 'refused', 'deep']) assert.equal(await has(bed, gone), false, gone);
    for (const kept of ['newer', 'shared', 'comes again']) assert.equal(await has(bed, kept), true, kept);
    assert.equal((await bed.send('DELETE', `${FILES}/1`)).status, 200);
    assert.equal(await sweep(bed), 3);
    assert.equal(await sweep(bed), 0);
  }),

  'bytes that were put again since they were let go of stay, whoever is about to name them': withBed(
    async (bed) => {
      await put(bed, '1/a', 'text');
      await bed.send('DELETE', `${FILES}/1/a`);
      await bed.blobs.put(Buffer.from('text'));
      assert.equal(await sweepBlobs({ ...bed, clock: systemPorts.clock }, -1_000), 1, 'older goes');
      await bed.blobs.put(Buffer.from('text'));
      assert.equal(await bed.blobs.deleteOlder(sha256('text'), Date.now() - 1_000), false);
      assert.equal(await has(bed, 'text'), true);
    },
  ),

  'a folder of thousands of files goes at once, with one entry in the ledger': withBed(async (bed) => {
    const statements = [];
    for (let i = 0; i < 10_000; i++) {
      const row = { parent: `1/many/${i % 10}`, name: `f${i}`, blob_hash: sha256(String(i % 7)) };
      statements.push({
        query: bed.db.query.insertInto('artifact').values({ ...row, size_bytes: 1, created_at: 1 }),
      });
    }
    const folder = { blob_hash: null, size_bytes: null, created_at: 1 };
    for (const [parent, name] of [
      ['', '1'],
      ['1', 'many'],
      ...Array.from({ length: 10 }, (_, i) => ['1/many', String(i)]),
    ] as [string, string][])
      statements.push({ query: bed.db.query.insertInto('artifact').values({ ...folder, parent, name }) });
    for (const some of [statements.slice(0, 6_000), statements.slice(6_000)])
      await bed.db.commit({ statements: some });
    await put(bed, '1/many-more', 'stays');
    assert.equal((await bed.send('DELETE', `${FILES}/1/many`)).status, 200);
    const left = await bed.db.query.selectFrom('artifact').select('name').orderBy('name').execute();
    assert.deepEqual(
      left.map(({ name }) => name),
      ['1', 'many-more'],
    );
    const { items } = await readLedger(bed.db, { chain: 'server', limit: 10 });
    const deleted = items.filter(({ action }) => action === 'artifact.deleted');
    assert.deepEqual(
      deleted.map(({ body }) => JSON.parse(body)),
      [{ count: 10_011 }],
    );
  }),

  'a file comes in parts of any order, one of them twice': withBed(async (bed) => {
    const { id, credentials } = await begin(bed, '1/r/artifacts/sub', 3);
    assert.ok(credentials.every(({ url }) => url.startsWith('http://tend.example:4600/api/2.0/')));
    const third = await send(bed, credentials[2], 'three');
    await send(bed, credentials[0], 'wrong');
    const first = await send(bed, credentials[0], 'one, ');
    const second = await send(bed, credentials[1], 'two, ');
    const parts = [
      { part_number: 2, etag: second },
      { part_number: 3, etag: third },
      { part_number: 1, etag: first },
    ];
    const input = { path: 'big.bin', upload_id: id, parts };
    const twice = [1, 2].map(() => post(bed, 'complete/1/r/artifacts/sub', input));
    for (const { status, text } of await Promise.all(twice)) assert.equal(status, 200, text);
    assert.equal((await post(bed, 'complete/1/r/artifacts/sub', input)).status, 200, 'a third time');
    const { text } = await bed.send('GET', `${FILES}/1/r/artifacts/sub/big.bin`);
    assert.equal(text, 'one, two, three');
    assert.equal((await post(bed, 'abort/1/r/artifacts/sub', input)).status, 200, 'too late');
    assert.equal((await bed.send('GET', `${FILES}/1/r/artifacts/sub/big.bin`)).status, 200);
    assert.equal(await sweep(bed), 4, 'the parts, and the one that was replaced');
    assert.equal(await has(bed, 'one, two, three'), true);
  }),

  'a part that is missing, named twice, of another etag or of another upload is refused': withBed(
    async (bed) => {
      const { id, credentials } = await begin(bed, '1/x', 2);
      const one = { part_number: 1, etag: await send(bed, credentials[0], 'one') };
      const two = { part_number: 2, etag: await send(bed, credentials[1], 'two') };
      const input = { path: 'big.bin', upload_id: id };
      for (const parts of [[one], [one, one], [one, { ...two, etag: one.etag }], [one, { part_number: 2 }]])
        await refused(post(bed, 'complete/1/x', { ...input, parts }), 400, 'INVALID_PARAMETER_VALUE');
      const whole = { ...input, parts: [one, two] };
      await refused(post(bed, 'complete/1/y', whole), 400, 'INVALID_PARAMETER_VALUE');
      await refused(
        post(bed, 'complete/1/x', { ...whole, upload_id: 'none' }),
        404,
        'RESOURCE_DOES_NOT_EXIST',
      );
      await refused(post(bed, 'complete/1/x', input), 400, 'INVALID_PARAMETER_VALUE');
      await refused(post(bed, 'complete/../x', whole), 400, 'INVALID_PARAMETER_VALUE');
      assert.equal((await bed.send('GET', `${FILES}/1/x/big.bin`)).status, 404);
      assert.equal((await post(bed, 'complete/1/x', whole)).status, 200);
    },
  ),

  'parts are taken from who has the secret, while the upload is open': withBed(async (bed) => {
    const { id, credentials } = await begin(bed, '1/x', 1);
    const path = `${MPU}/parts/${id}/1`;
    await refused(bed.send('PUT', path, 'x', {}), 404, 'RESOURCE_DOES_NOT_EXIST');
    const wrong = { 'tend-upload-secret': '0'.repeat(32) };
    await refused(bed.send('PUT', path, 'x', wrong), 404, 'RESOURCE_DOES_NOT_EXIST');
    const right = credentials[0]?.headers ?? {};
    for (const number of ['0', '2', 'x', '1.5'])
      await refused(
        bed.send('PUT', `${MPU}/parts/${id}/${number}`, 'x', right),
        400,
        'INVALID_PARAMETER_VALUE',
      );
    await send(bed, credentials[0], 'kept until it is given up');
    for (const time of ['first', 'second'])
      assert.equal((await post(bed, 'abort/1/x', { path: 'big.bin', upload_id: id })).status, 200, time);
    await refused(bed.send('PUT', path, 'late', right), 400, 'INVALID_PARAMETER_VALUE');
    await sweep(bed);
    assert.equal(await has(bed, 'kept until it is given up'), false);
    const unknown = { path: 'big.bin', upload_id: 'none' };
    await refused(post(bed, 'abort/1/x', unknown), 404, 'RESOURCE_DOES_NOT_EXIST');
    for (const count of [0, 10_001])
      await refused(post(bed, 'create/1/x', { path: 'b', num_parts: count }), 400, 'INVALID_PARAMETER_VALUE');
    await refused(
      post(bed, 'create/1/x', { path: 'folder/..', num_parts: 1 }),
      400,
      'INVALID_PARAMETER_VALUE',
    );
    await refused(post(bed, 'create/1/x', { num_parts: 1 }), 400, 'INVALID_PARAMETER_VALUE');
  }),

  'an upload that nobody goes on with is swept after a day': withBed(async (bed) => {
    const { credentials } = await begin(bed, '1/x', 2);
    await send(bed, credentials[0], 'left behind');
    await sweepUploads({ ...bed, clock: later(23 * HOUR_MS) });
    await send(bed, credentials[0], 'goes on');
    await sweepUploads({ ...bed, clock: later(25 * HOUR_MS) });
    await sweepBlobs({ ...bed, clock: later(48 * HOUR_MS) });
    for (const text of ['left behind', 'goes on']) assert.equal(await has(bed, text), false, text);
    const { headers = {}, url = '' } = credentials[0] ?? {};
    await refused(bed.send('PUT', new URL(url).pathname, 'x', headers), 404, 'RESOURCE_DOES_NOT_EXIST');
  }),

  'a download goes on where it was cut off, unless the file is another by now': withBed(async (bed) => {
    await put(bed, '1/a', '0123456789');
    const get = (range: string, headers = {}): Promise<Reply> =>
      bed.send('GET', `${FILES}/1/a`, '', { range, ...headers });
    const whole = await bed.send('GET', `${FILES}/1/a`);
    assert.deepEqual([whole.status, whole.headers['accept-ranges']], [200, 'bytes']);
    for (const [range, text, shown] of [
      ['bytes=0-3', '0123', 'bytes 0-3/10'],
      ['bytes=7-', '789', 'bytes 7-9/10'],
      ['bytes=-2', '89', 'bytes 8-9/10'],
      ['bytes=8-100', '89', 'bytes 8-9/10'],
      ['bytes=-100', '0123456789', 'bytes 0-9/10'],
    ] as const) {
      const part = await get(range);
      assert.deepEqual([part.status, part.text, part.headers['content-range']], [206, text, shown], range);
    }
    for (const range of ['bytes=10-', 'bytes=-0']) {
      const none = await get(range);
      assert.deepEqual([none.status, none.headers['content-range']], [416, 'bytes */10'], range);
    }
    for (const range of ['bytes=0-1,3-4', 'bytes=5-2', 'lines=1-2', 'bytes=-'])
      assert.equal((await get(range)).status, 200, range);
    const etag = whole.headers['etag'] ?? '';
    assert.equal((await get('bytes=0-1', { 'if-range': etag })).status, 206);
    assert.equal((await get('bytes=0-1', { 'if-range': '"other"' })).text, '0123456789');
  }),

  'there are no addresses of another store, and clients are told so': withBed(async (bed) => {
    await refused(bed.send('GET', '/api/2.0/mlflow-artifacts/presigned/1/a'), 501, 'NOT_IMPLEMENTED').catch(
      (error: unknown) => assert.match(String(error), /Presigned download is not supported/),
    );
    const { json } = await bed.call('POST', 'runs/create', { experiment_id: '0' });
    const { run_id } = json.run.info;
    const INVALID = 'INVALID_PARAMETER_VALUE';
    for (const call of ['artifacts/presigned-upload-url', 'artifacts/presigned-download-url']) {
      await refused(bed.call('POST', call, { run_id, path: 'a' }), 400, INVALID);
      await refused(bed.call('POST', call, { run_id, path: '../a' }), 400, INVALID);
      await refused(bed.call('POST', call, { run_id }), 400, INVALID);
      await refused(bed.call('POST', call, { path: 'a' }), 400, INVALID);
      await refused(bed.call('POST', call, { run_id: 'none', path: 'a' }), 404, 'RESOURCE_DOES_NOT_EXIST');
    }
  }),
};
