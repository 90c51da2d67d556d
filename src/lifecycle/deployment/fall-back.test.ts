import assert from 'node:assert/strict';
import { test } from 'node:test';
import { INSTANCE, PROJECT } from '../../serve/fixtures/plane-state.ts';
import { testClient, until } from '../../serve/fixtures/test-plane.ts';
import { planeStatus } from '../../serve/plane-client.ts';
import { readRouting } from '../../serve/routing.ts';
import { readSegments } from '../../serve/read-segments.ts';
import { openBlobStore } from '../../store/blob.ts';
import { fallBack } from './fall-back.ts';
import { rollBack } from './roll-back.ts';
import { ENDPOINT, liveBed, type RolloutBed } from './rollout-testbed.ts';

const OWNER = { kind: 'local', id: 'local', name: 'local', roles: ['admin'] } as const;
const ASK = { endpoint: ENDPOINT, reason: 'wrong unit', principal: OWNER };
const CANARY = { canary: ['20%', '50%'], bake: '40 predictions' };

const contextOf = (bed: RolloutBed) => ({ ...bed.context, blobs: openBlobStore(bed.state.blobDir) });

/** What the endpoint answers to instances, once the newest routing is in force. */
async function answers(bed: RolloutBed, instances: readonly object[]) {
  const plane = await bed.plane();
  const generation = (await readRouting(bed.state.stateDir))?.generation;
  await until('it is in force', async () => (await planeStatus(plane.url)).generation === generation);
  const client = testClient(plane.url);
  const answer = await client.post(`/predict/${ENDPOINT}`, JSON.stringify({ instances }));
  client.close();
  assert.equal(answer.status, 200, answer.text);
  return JSON.parse(answer.text) as { predictions: number[]; version: string; ids: string[] };
}

async function champion(bed: RolloutBed): Promise<number | undefined> {
  return (await bed.db.query.selectFrom('model_alias').selectAll().execute())[0]?.version;
}

test('a feature answers over HTTP in the place of a model, and going back is one swap', async () => {
  const { bed } = await liveBed();
  await using _ = bed;
  const unknown = { ...INSTANCE, carrier: 'never seen' };
  const [before] = (await answers(bed, [INSTANCE])).predictions;
  const done = await fallBack(contextOf(bed), { ...ASK, to: 'delay_7d', missing: -2.5, incident: 'inc_1' });
  const version = 'fallback:carrier.delay_7d';
  assert.deepEqual(done, {
    endpoint: ENDPOINT,
    input: 'carrier.delay_7d',
    missing: -2.5,
    version,
    before: '1',
  });
  assert.deepEqual(await bed.routes(), [`stable ${version} 1`, 'warm 1 0']);
  assert.equal(await champion(bed), 1);
  // The fixture's table says 4.5 for the carrier of the instance.
  const fallen = await answers(bed, [{ ...INSTANCE, row: 9 }, unknown]);
  assert.deepEqual([fallen.version, ...fallen.predictions], [version, 4.5, -2.5]);
  for await (const record of readSegments(`${bed.state.stateDir}/segments`)) {
    if (record.id !== fallen.ids[0]) continue;
    assert.deepEqual([record.key, record.fields], [9, INSTANCE]);
    assert.deepEqual(record.features, { 'carrier.delay_7d': 4.5 });
  }
  await rollBack(bed.context, ASK);
  assert.deepEqual(await bed.routes(), ['stable 1 1', `warm ${version} 0`]);
  const back = await answers(bed, [INSTANCE]);
  assert.deepEqual([back.version, back.predictions[0]], ['1', before]);
  await rollBack(bed.context, ASK);
  assert.equal(await champion(bed), 1);
  assert.deepEqual(await bed.routes(), [`stable ${version} 1`, 'warm 1 0']);
});

test('the declared baseline answers; again changes nothing, another keeps the model warm', async () => {
  const { bed } = await liveBed();
  await using _ = bed;
  const baseline = async (declared: object): Promise<void> => {
    const document = JSON.stringify({ problem: { baseline: declared } });
    const row = { name: PROJECT, owner: 'o', kind: 'regression', statement: 's', spec_hash: 'h', document };
    await bed.db.commit({
      statements: [
        { query: bed.db.query.deleteFrom('project') },
        { query: bed.db.query.insertInto('project').values({ ...row, created_at: 1, updated_at: 1 }) },
      ],
    });
  };
  await assert.rejects(fallBack(contextOf(bed), { ...ASK, to: 'baseline' }), { code: 'INVALID_INPUT' });
  await baseline({ score: 'km' });
  for (let twice = 0; twice < 2; twice++) await fallBack(contextOf(bed), { ...ASK, to: 'baseline' });
  const evidence = await bed.db.query.selectFrom('evidence').select('kind').execute();
  assert.equal(evidence.filter(({ kind }) => kind === 'endpoint-fell-back').length, 1);
  const [km = 0] = (await answers(bed, [INSTANCE])).predictions;
  assert.equal(km, Math.fround(INSTANCE.distance * 1.609));
  await baseline({ constant: 'mean' });
  await fallBack(contextOf(bed), { ...ASK, to: 'baseline', missing: 12.25 });
  assert.deepEqual(await bed.routes(), ['stable fallback:12.25 1', 'warm 1 0']);
  assert.deepEqual(
    (await answers(bed, [INSTANCE, { ...INSTANCE, distance: 1e9 }])).predictions,
    [12.25, 12.25],
  );
});

test('without a number for what is missing, the model says what it says of nothing', async () => {
  const { bed } = await liveBed();
  await using _ = bed;
  const { missing } = await fallBack(contextOf(bed), { ...ASK, to: 'taxi' });
  // The fixture's linear model imputes the means: its intercept is left, a thousand for each version.
  assert.equal(missing, 1000);
  assert.deepEqual((await answers(bed, [{ ...INSTANCE, taxi: null }])).predictions, [1000]);
});

test('falling back during a canary ends it, and the version before stays warm', async () => {
  const { bed, two } = await liveBed();
  await using _ = bed;
  const execution = await bed.start(2, two, CANARY);
  const running = bed.run(execution);
  await bed.watched();
  await fallBack(contextOf(bed), { ...ASK, to: 'km' });
  await running;
  assert.match((await bed.end(execution)).reason, /taken back/);
  assert.deepEqual(await bed.routes(), ['stable fallback:km 1', 'warm 1 0']);
});

test('a name that is no number of the release is refused with those that are', async () => {
  const { bed } = await liveBed();
  await using _ = bed;
  for (const to of ['departure', 'nothing', 'carrier']) {
    await assert.rejects(fallBack(contextOf(bed), { ...ASK, to }), {
      code: 'INVALID_INPUT',
      hint: 'It knows km, taxi, hour, carrier.delay_7d.',
    });
  }
  assert.deepEqual(await bed.routes(), ['stable 1 1']);
});
