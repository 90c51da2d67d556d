import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rollBack } from './roll-back.ts';
import { ENDPOINT, liveBed } from './rollout-testbed.ts';

const CANARY = { canary: ['20%', '50%'], bake: '40 predictions' };
const OWNER = { kind: 'local', id: 'local', name: 'local', roles: ['admin'] } as const;

test('going back during a canary ends it for good, and the candidate is no way forward', async () => {
  const { bed, two } = await liveBed();
  await using _ = bed;
  const execution = await bed.start(2, two, CANARY);
  const running = bed.run(execution);
  await bed.watched();
  const back = await rollBack(bed.context, { endpoint: ENDPOINT, reason: 'a feeling', principal: OWNER });
  assert.deepEqual([back.version, back.before], ['1', '2']);
  await running;
  const end = await bed.end(execution);
  assert.equal(end.verdict, 'fail');
  assert.match(end.reason, /taken back at 20%/);
  assert.deepEqual(await bed.routes(), ['stable 1 1']);
  const again = rollBack(bed.context, { endpoint: ENDPOINT, reason: 'again', principal: OWNER });
  await assert.rejects(again, { code: 'CONFLICT' });
});

test('going back twice goes forward again, and the alias goes along', async () => {
  const { bed, two } = await liveBed();
  await using _ = bed;
  await bed.run(await bed.start(2, two));
  const champion = async () =>
    (await bed.db.query.selectFrom('model_alias').selectAll().execute())[0]?.version;
  assert.equal(await champion(), 2);
  for (const [version, before] of [
    ['1', '2'],
    ['2', '1'],
  ] as const) {
    const done = await rollBack(bed.context, { endpoint: ENDPOINT, reason: 'asked for', principal: OWNER });
    assert.deepEqual(done, { endpoint: ENDPOINT, version, before });
    assert.deepEqual(await bed.routes(), [`stable ${version} 1`, `warm ${before} 0`]);
    assert.equal(await champion(), Number(version));
  }
  await assert.rejects(rollBack(bed.context, { endpoint: 'other', reason: '', principal: OWNER }), {
    code: 'NOT_FOUND',
  });
});
