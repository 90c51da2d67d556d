import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openBlobStore } from '../store/blob.ts';
import { openFeatureTables } from './feature-tables.ts';
import { INSTANCE, planeState } from './fixtures/plane-state.ts';
import type { PredictResult } from './predict-call.ts';
import { createPredictor, INSTANCES_MAX, type Predictor, QUEUE_ROWS_MAX } from './predictor.ts';
import { buildRouteTable } from './route-table.ts';
import { loadRelease } from './served-release.ts';
import { TendError } from '../kernel/error.ts';

const state = await planeState();
const tables = await openFeatureTables(state.featureDir, 'flights', 'carrier', () => 0);
after(async () => {
  tables.close();
  await state.remove();
});

async function predictorOf(record: (lines: string) => void): Promise<Predictor> {
  const hash = await state.putRelease(1, 10);
  const release = await loadRelease(
    hash,
    openBlobStore(state.blobDir),
    async () => tables,
    () => 0,
  );
  const routes = [{ releaseHash: hash, version: '1', weight: 1, role: 'stable' as const }];
  const table = buildRouteTable(
    {
      format: 'tend.routing/v1',
      generation: 1,
      blobDir: state.blobDir,
      featureDir: state.featureDir,
      endpoints: [
        {
          name: 'delay',
          project: 'flights',
          state: 'serving',
          reason: null,
          throttle: null,
          tombstone: null,
          routes,
        },
      ],
    },
    new Map([[hash, release]]),
    undefined,
  );
  return createPredictor({
    worker: 1,
    clock: { now: () => Date.now(), monotonic: () => performance.now() },
    random: { bytes: (count) => new Uint8Array(count) },
    routes: () => table,
    record: (_endpoint, lines) => record(lines),
    log: () => undefined,
  });
}

function ask(predictor: Predictor, instances: readonly unknown[]): Promise<PredictResult> {
  return new Promise((settle) => {
    const startedAt = performance.now();
    predictor.predict({
      endpoint: 'delay',
      instances,
      listed: true,
      eventTimeMs: undefined,
      startedAt,
      settle,
    });
  });
}

test('requests of one turn are decided and recorded together, and each gets its own answer', async () => {
  const writes: string[] = [];
  const predictor = await predictorOf((lines) => writes.push(lines));
  const asked = [1_000, 2_000, 3_000].map((distance) => ask(predictor, [{ ...INSTANCE, distance }]));
  const together = await Promise.all(asked);
  assert.equal(writes.length, 1);
  assert.equal(writes[0]?.split('\n').length, 4);
  for (const [i, distance] of [1_000, 2_000, 3_000].entries()) {
    const alone = await ask(predictor, [{ ...INSTANCE, distance }]);
    const first = together[i];
    assert.ok(first?.kind === 'answer' && alone.kind === 'answer');
    assert.deepEqual(first.predictions, alone.predictions);
  }
});

test('a single request does not wait behind a long one, and both are answered in full', async () => {
  const predictor = await predictorOf(() => undefined);
  const order: string[] = [];
  const long = ask(predictor, new Array(INSTANCES_MAX).fill(INSTANCE)).then((result) => {
    order.push('long');
    return result;
  });
  const single = ask(predictor, [INSTANCE]).then((result) => {
    order.push('single');
    return result;
  });
  const [a, b] = await Promise.all([long, single]);
  assert.deepEqual(order, ['single', 'long']);
  assert.ok(a.kind === 'answer' && b.kind === 'answer');
  assert.equal(a.predictions.length, INSTANCES_MAX);
  assert.equal(new Set([...a.ids, ...b.ids]).size, INSTANCES_MAX + 1);
  assert.deepEqual(new Set(a.predictions), new Set(b.predictions));
});

test('what cannot be recorded is not answered', async () => {
  const predictor = await predictorOf(() => {
    throw new TendError('DISK_FULL', 'the disk is full');
  });
  const result = await ask(predictor, [INSTANCE]);
  assert.ok(result.kind === 'refusal');
  assert.equal(result.error.code, 'DISK_FULL');
  assert.equal(predictor.queue(), 0);
  assert.equal(predictor.counts.list()[0]?.outcomes.unavailable, 1);
});

test('beyond the bound of the queue a request is refused, and the queue empties again', async () => {
  const predictor = await predictorOf(() => undefined);
  const full = Array.from({ length: QUEUE_ROWS_MAX / INSTANCES_MAX }, () =>
    ask(predictor, new Array(INSTANCES_MAX).fill(INSTANCE)),
  );
  const refused = await ask(predictor, [INSTANCE]);
  assert.ok(refused.kind === 'refusal');
  assert.equal(refused.error.code, 'UNAVAILABLE');
  for (const result of await Promise.all(full)) assert.equal(result.kind, 'answer');
  assert.equal(predictor.queue(), 0);
});

test('a mistake in one instance is located, and no instance of the request is answered', async () => {
  const writes: string[] = [];
  const predictor = await predictorOf((lines) => writes.push(lines));
  const result = await ask(predictor, [INSTANCE, { ...INSTANCE, distance: '12' }]);
  assert.ok(result.kind === 'refusal');
  assert.equal(result.error.code, 'INVALID_INPUT');
  assert.deepEqual(
    result.error.fields.map(({ path }) => path),
    ['instances[1].distance'],
  );
  assert.deepEqual(writes, []);
});
