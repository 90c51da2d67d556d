import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOutbox } from '../../../engine/outbox.ts';
import { TendError } from '../../../kernel/error.ts';
import { build } from '../../../store/build.ts';
import { findEvidence } from '../../../store/evidence.ts';
import { jsonText } from '../../../store/json-text.ts';
import { listRoutes, rollBack, stopEndpoint, throttle } from '../../deployment/index.ts';
import { INCIDENT_OPENED } from '../incidents/events.ts';
import {
  DAY,
  ENDPOINT,
  finding,
  HOUR,
  type IncidentBed,
  incidentBed,
  PROJECT,
  releaseHash,
  START,
} from '../incidents/incident-testbed.ts';
import { settleFindings } from '../incidents/settle-findings.ts';
import { actionOf } from './action.ts';
import type { ActingContext, ActionPorts, EndpointOrder, RetrainingOrder } from './action-ports.ts';
import { actionsOfIncident } from './action-store.ts';
import { actionsFor, causeName } from './actions-for.ts';
import { carryOutActions, carryOutDue } from './carry-out-actions.ts';
import { vetoAction } from './veto-action.ts';

/** Ports that write down what they are asked for; going back is the real one. */
function portsOf(): ActionPorts & {
  readonly asked: string[];
  readonly orders: (EndpointOrder | RetrainingOrder)[];
} {
  const asked: string[] = [];
  const orders: (EndpointOrder | RetrainingOrder)[] = [];
  const note =
    (name: string) =>
    async (_ctx: ActingContext, order: EndpointOrder): Promise<void> => {
      asked.push(name);
      orders.push(order);
    };
  return {
    asked,
    orders,
    rollBack: (ctx, order) => {
      asked.push('rollBack');
      return rollBack(ctx, order);
    },
    fallBack: note('fallBack'),
    throttle: note('throttle'),
    stopEndpoint: note('stopEndpoint'),
    startRetraining: async (order) => {
      asked.push('startRetraining');
      orders.push(order);
      return { kind: 'started', retraining: 'ret_1' };
    },
  };
}

/** What the deeds are given; those here need neither blobs nor a plane. */
const acting = (bed: IncidentBed): ActingContext => bed.ctx as unknown as ActingContext;

async function opened(bed: IncidentBed, change: Parameters<typeof finding>[0] = {}): Promise<string> {
  bed.time.advance(1);
  const { opened: incidents } = await settleFindings(bed.ctx, PROJECT, [finding(change)]);
  return incidents[0]?.id ?? assert.fail('no incident opened');
}

async function actions(bed: IncidentBed, incident: string): Promise<string[]> {
  const rows = await actionsOfIncident(bed.db, incident);
  return rows.map((row) => `${row.kind} ${row.state}`);
}

async function actionOfIncident(bed: IncidentBed, incident: string) {
  const [row] = await actionsOfIncident(bed.db, incident);
  return row === undefined ? assert.fail('no action') : actionOf(row);
}

async function answering(bed: IncidentBed): Promise<string> {
  const routes = await listRoutes(bed.db, ENDPOINT);
  return routes
    .map(({ role, version }) => `${role} ${version}`)
    .sort()
    .join(', ');
}

const declare = (...list: readonly unknown[]) => ({ monitoring: { actions: { 'still-good': list } } });

test('a cause sets off what is declared for it, an alert without, and what retraining is for', () => {
  const document = {
    monitoring: { actions: { answers: ['stop' as const], quality: ['alert' as const] } },
    retraining: { when: ['drift', 'still-good', 'answers'] },
  };
  const kinds = (cause: string) => actionsFor(document, cause).map(({ kind }) => kind);
  assert.deepEqual(kinds('criterion:answers'), ['stop', 'retrain']);
  assert.deepEqual(kinds('criterion:still-good'), ['alert', 'retrain']);
  assert.deepEqual(kinds('drift'), ['alert', 'retrain']);
  assert.deepEqual(kinds('quality:flights:delay'), ['alert']);
  assert.deepEqual(kinds('webhook:whk_1'), ['alert']);
  assert.equal(causeName('criterion:still-good'), 'still-good');
});

test('a bad release is taken back without a hand; each action leaves evidence and ledger entry', async () => {
  await using bed = await incidentBed({
    ...declare('alert', 'roll_back'),
    retraining: { when: ['still-good'] },
  });
  const ports = portsOf();
  const outbox = createOutbox({
    db: bed.db,
    clock: bed.ctx.clock,
    subscribers: [
      {
        type: INCIDENT_OPENED,
        handle: ({ body }) => {
          assert.ok(typeof body.incident === 'string');
          return carryOutActions(acting(bed), ports, body.incident);
        },
      },
    ],
  });
  const id = await opened(bed, { release: releaseHash(2) });
  assert.equal(await outbox.deliver(), 1);
  assert.equal(await answering(bed), 'stable 1, warm 2');
  assert.deepEqual(await actions(bed, id), ['alert done', 'roll_back done', 'retrain done']);
  for (const row of await actionsOfIncident(bed.db, id)) {
    const evidence = await findEvidence(bed.db, actionOf(row).evidence ?? '');
    assert.deepEqual([evidence?.kind, evidence?.subject], ['action', releaseHash(2)]);
  }
  assert.deepEqual(
    (await bed.ledger()).filter((action) => action.startsWith('action.')),
    ['action.done', 'action.planned', 'action.planned', 'action.done', 'action.done'],
  );
  const [order] = ports.orders;
  assert.deepEqual(order, {
    project: PROJECT.name,
    trigger: 'still-good',
    incidentId: id,
    actor: 'system',
    at: START + HOUR,
  });
});

test('an event that is delivered again carries nothing out again', async () => {
  await using bed = await incidentBed(declare('roll_back', 'retrain', 'stop'));
  const ports = portsOf();
  const id = await opened(bed);
  await Promise.all([1, 2, 3].map(() => carryOutActions(acting(bed), ports, id)));
  await carryOutDue(acting(bed), ports, PROJECT.name, START + DAY);
  assert.deepEqual(ports.asked, ['rollBack', 'startRetraining', 'stopEndpoint']);
  assert.equal(await answering(bed), 'stable 1, warm 2');
});

test('a kill between the deed and its record repeats the record and not the deed', async () => {
  await using bed = await incidentBed(declare('roll_back'));
  const ports = portsOf();
  const id = await opened(bed);
  const dying: ActingContext = {
    ...acting(bed),
    db: {
      ...bed.db,
      commit: async (unit) => {
        if (unit.ledger?.some(({ action }) => action === 'action.done') === true) {
          throw new TendError('STATE_UNREADABLE', 'the process was killed here');
        }
        return await bed.db.commit(unit);
      },
    },
  };
  await assert.rejects(carryOutActions(dying, ports, id), { code: 'STATE_UNREADABLE' });
  assert.equal(await answering(bed), 'stable 1, warm 2');
  assert.deepEqual(await actions(bed, id), ['roll_back waiting']);
  await carryOutDue(acting(bed), ports, PROJECT.name, START + HOUR);
  assert.deepEqual(ports.asked, ['rollBack']);
  assert.equal(await answering(bed), 'stable 1, warm 2', 'a second rollback would go forward');
  assert.deepEqual(await actions(bed, id), ['roll_back done']);
});

test('a retraining that began before a kill is found, and none is begun again', async () => {
  await using bed = await incidentBed(declare('retrain'));
  const ports = portsOf();
  const id = await opened(bed);
  const row = {
    id: 'ret_7',
    project: PROJECT.name,
    execution_id: null,
    trigger: 'still-good',
    incident_id: id,
    at: START,
    state: 'running' as const,
    reason: '',
    champion: null,
    promoted: null,
    effect: null,
    body: jsonText({}),
    created_at: 0,
    updated_at: 0,
  };
  await bed.db.commit({ statements: [{ query: build.insertInto('retraining').values(row) }] });
  await carryOutActions(acting(bed), ports, id);
  assert.deepEqual([ports.asked, (await actionOfIncident(bed, id)).reason], [[], 'retraining ret_7 began']);
});

test('a broken action is recorded with its error, opens nothing, and the others go on', async () => {
  await using bed = await incidentBed(declare('fall_back', 'stop', 'retrain'));
  const ports: ActionPorts = {
    ...portsOf(),
    fallBack: () => Promise.reject(new TendError('CONFLICT', 'no baseline')),
    stopEndpoint: () => Promise.reject(new RangeError('a defect')),
    startRetraining: async () => ({ kind: 'limited', reason: 'cool-down until March' }),
  };
  const id = await opened(bed);
  await carryOutActions(acting(bed), ports, id);
  const rows = (await actionsOfIncident(bed.db, id)).map(actionOf);
  assert.deepEqual(
    rows.map(({ kind, state, reason }) => [kind, state, reason]),
    [
      ['fall_back', 'failed', 'CONFLICT: no baseline'],
      ['stop', 'failed', 'INTERNAL: a defect'],
      ['retrain', 'limited', 'cool-down until March'],
    ],
  );
  const { open } = await settleFindings(bed.ctx, PROJECT, []);
  assert.deepEqual(
    open.map((incident) => incident.id),
    [id],
  );
  assert.equal((await findEvidence(bed.db, rows[0]?.evidence ?? ''))?.verdict, 'fail');
});

test('a dry run is recorded and does nothing', async () => {
  await using bed = await incidentBed(declare({ do: 'roll_back', dry_run: true, veto: '2h' }));
  const ports = portsOf();
  const id = await opened(bed);
  await carryOutActions(acting(bed), ports, id);
  await carryOutDue(acting(bed), ports, PROJECT.name, START + DAY);
  assert.deepEqual([ports.asked, await actions(bed, id)], [[], ['roll_back dry-run']]);
  assert.equal(await answering(bed), 'stable 2, warm 1');
});

test('the limit counts what was done, on the project clock', async () => {
  await using bed = await incidentBed(declare({ do: 'stop', limit: '2/day' }));
  const ports = portsOf();
  const states: string[] = [];
  for (const at of [1, 5, 9, 20, 26, 28].map((hour) => START + hour * HOUR)) {
    const id = await opened(bed, { at });
    await carryOutActions(acting(bed), ports, id);
    states.push(...(await actions(bed, id)));
    await settleFindings(bed.ctx, PROJECT, [finding({ at: at + HOUR, holds: true })]);
  }
  assert.deepEqual(
    states.map((state) => state.replace('stop ', '')),
    ['done', 'done', 'limited', 'limited', 'done', 'limited'],
  );
  assert.equal(ports.asked.length, 3);
});

test('an action with a veto waits on the project clock, and is done when nobody says no', async () => {
  await using bed = await incidentBed(declare({ do: 'throttle', to: '50/s', veto: '2h' }));
  const ports = portsOf();
  const id = await opened(bed);
  await carryOutActions(acting(bed), ports, id);
  assert.equal((await actionOfIncident(bed, id)).dueAt, START + 3 * HOUR);
  assert.equal(await carryOutDue(acting(bed), ports, PROJECT.name, START + 3 * HOUR - 1), 0);
  assert.equal(await carryOutDue(acting(bed), ports, 'other', START + DAY), 0);
  assert.equal(await carryOutDue(acting(bed), ports, PROJECT.name, START + 3 * HOUR), 1);
  assert.deepEqual(ports.asked, ['throttle']);
  assert.equal((ports.orders[0] as EndpointOrder & { perSecond: number }).perSecond, 50);
});

test('a vetoed action is not done, and whoever vetoed it stands in the record', async () => {
  await using bed = await incidentBed(declare({ do: 'stop', veto: '2h' }, 'retrain'));
  const ports = portsOf();
  const id = await opened(bed);
  await carryOutActions(acting(bed), ports, id);
  const action = await actionOfIncident(bed, id);
  const vetoed = await vetoAction(bed.ctx, { id: action.id, reason: 'a holiday explains it' });
  assert.deepEqual(
    [vetoed.state, vetoed.decidedBy, vetoed.reason],
    ['vetoed', 'acc_ada', 'ada: a holiday explains it'],
  );
  await carryOutDue(acting(bed), ports, PROJECT.name, START + DAY);
  assert.deepEqual(ports.asked, ['startRetraining']);
  await assert.rejects(vetoAction(bed.ctx, { id: action.id, reason: 'again' }), { code: 'CONFLICT' });
  await assert.rejects(vetoAction(bed.ctx, { id: 'act_0', reason: 'none' }), { code: 'NOT_FOUND' });
});

test('a veto after its time, with the clock already there, is too late', async () => {
  await using bed = await incidentBed(declare({ do: 'stop', veto: '2h' }));
  const id = await opened(bed);
  await carryOutActions(acting(bed), portsOf(), id);
  await bed.moveTo(START + 3 * HOUR);
  const { id: action } = await actionOfIncident(bed, id);
  await assert.rejects(vetoAction(bed.ctx, { id: action, reason: 'too late' }), { code: 'CONFLICT' });
});

test('an endpoint is throttled and stopped by name of the incident, once', async () => {
  await using bed = await incidentBed(declare({ do: 'throttle', to: '50/s' }, 'stop'));
  const ports = { ...portsOf(), throttle, stopEndpoint };
  const id = await opened(bed);
  await carryOutActions(acting(bed), ports, id);
  await carryOutActions(acting(bed), ports, id);
  assert.deepEqual(await actions(bed, id), ['throttle done', 'stop done']);
  const row = await bed.db.query.selectFrom('endpoint').selectAll().executeTakeFirst();
  assert.deepEqual([row?.state, row?.generation], ['stopped', 3]);
  assert.match(row?.body ?? '', /"perSecond":50/);
  const entries = await bed.db.query
    .selectFrom('ledger')
    .select('body')
    .where('action', 'like', 'endpoint.%')
    .execute();
  assert.ok(entries.length === 2 && entries.every(({ body }) => body.includes(id)));
});

test('what waited for an incident that closed by itself is not done', async () => {
  await using bed = await incidentBed(declare({ do: 'stop', veto: '12h' }));
  const ports = portsOf();
  const id = await opened(bed);
  await carryOutActions(acting(bed), ports, id);
  await settleFindings(bed.ctx, PROJECT, [finding({ at: START + 2 * HOUR, holds: true })]);
  await carryOutDue(acting(bed), ports, PROJECT.name, START + 2 * HOUR);
  assert.deepEqual([ports.asked, await actions(bed, id)], [[], ['stop vetoed']]);
});

test('a release that took over since is not taken back for what the one before did', async () => {
  await using bed = await incidentBed(declare({ do: 'roll_back', veto: '2h' }));
  const ports = portsOf();
  const id = await opened(bed, { release: releaseHash(3) });
  await carryOutActions(acting(bed), ports, id);
  await carryOutDue(acting(bed), ports, PROJECT.name, START + DAY);
  assert.deepEqual([ports.asked, await actions(bed, id)], [[], ['roll_back limited']]);
});

test('two bad releases do not take turns: what was taken back by itself is no way back', async () => {
  await using bed = await incidentBed(declare({ do: 'roll_back', limit: '10/day' }));
  const ports = portsOf();
  const first = await opened(bed, { release: releaseHash(2) });
  await carryOutActions(acting(bed), ports, first);
  await settleFindings(bed.ctx, PROJECT, [finding({ at: START + 2 * HOUR, holds: true })]);
  const second = await opened(bed, { at: START + 3 * HOUR, release: releaseHash(1) });
  await carryOutActions(acting(bed), ports, second);
  assert.deepEqual(await actions(bed, second), ['roll_back limited']);
  assert.equal(await answering(bed), 'stable 1, warm 2');
});
