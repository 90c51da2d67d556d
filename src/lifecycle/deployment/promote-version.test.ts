import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../kernel/json.ts';
import type { Principal } from '../../kernel/policy.ts';
import { PROJECT } from '../../serve/fixtures/plane-state.ts';
import { readRouting } from '../../serve/routing.ts';
import { evidenceRecord } from '../../store/evidence.ts';
import { readLedger } from '../../store/ledger.ts';
import { projectChain } from '../../store/ledger-entry.ts';
import { readVersion } from '../training/index.ts';
import { moveVersionStage, pointAlias } from './move-version.ts';
import { liveBed, type RolloutBed } from './rollout-testbed.ts';

const OWNER: Principal = { kind: 'local', id: 'local', name: 'local', roles: ['admin'] };

function contextOf(bed: RolloutBed) {
  return { ...bed.context, principal: OWNER, actor: OWNER.id, policy: { allows: () => true } };
}

/** The rows that training makes of a version. */
async function register(bed: RolloutBed, version: number, hash: string): Promise<void> {
  const { query } = bed.db;
  const model = { name: PROJECT, project: PROJECT, created_at: 1, updated_at: 1 };
  const row = { id: `mdv_${version}`, model: PROJECT, version, manifest_hash: hash, state: 'registered' };
  await bed.db.commit({
    statements: [
      {
        query: query
          .insertInto('model')
          .values(model)
          .onConflict((conflict) => conflict.doNothing()),
      },
      { query: query.insertInto('model_version').values({ ...row, created_at: version }), expect: 1 },
    ],
  });
}

/** A decision of the gate on a release. */
async function gate(
  bed: RolloutBed,
  hash: string,
  verdict: 'pass' | 'fail',
  body: JsonObject = {},
): Promise<void> {
  const title = verdict === 'pass' ? 'The gate is open' : 'The gate refused it: auc: 0.61, at least 0.7';
  const draft = {
    project: PROJECT,
    stage: 'deployment',
    kind: 'gate',
    subject: hash,
    verdict,
    title,
  } as const;
  const { statements, ledger } = evidenceRecord({ ...draft, body: { approval: null, ...body } }, bed.context);
  await bed.db.commit({ statements, ledger });
}

async function champion(bed: RolloutBed): Promise<number | undefined> {
  return (await bed.db.query.selectFrom('model_alias').selectAll().execute())[0]?.version;
}

/** Three versions that were rolled out one after another: the third answers, the second stands warm. */
async function threeVersions() {
  const { bed, two } = await liveBed();
  const one = (await bed.context.db.query.selectFrom('route').selectAll().executeTakeFirstOrThrow())
    .release_hash;
  const three = await bed.release(3);
  for (const [version, hash] of [
    [2, two],
    [3, three],
  ] as const)
    await bed.run(await bed.start(version, hash));
  for (const [index, hash] of [one, two, three].entries()) await register(bed, index + 1, hash);
  return { bed, one, two, three };
}

test('a version that the gate let through takes traffic, alias and ledger at once', async () => {
  const { bed, one, two } = await threeVersions();
  await using _ = bed;
  const ctx = contextOf(bed);
  await gate(bed, one, 'pass');
  await gate(bed, two, 'pass');
  await pointAlias(ctx, PROJECT, 'champion', 1);
  assert.deepEqual(await bed.routes(), ['stable 1 1', 'warm 3 0']);
  assert.equal(await champion(bed), 1);
  const snapshot = await readRouting(bed.state.stateDir);
  assert.equal(snapshot?.endpoints[0]?.routes.find(({ role }) => role === 'stable')?.version, '1');
  const { items } = await readLedger(bed.db, { chain: projectChain(PROJECT), limit: 1 });
  assert.deepEqual([items[0]?.action, items[0]?.actor], ['evidence.recorded', 'local']);
  const [entry] = await bed.db.query
    .selectFrom('evidence')
    .select('id')
    .where('kind', '=', 'promotion')
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .execute();
  assert.equal(items[0]?.subject, entry?.id);
  // Asked again nothing happens, and a stage is another name of the same.
  await pointAlias(ctx, PROJECT, 'champion', 1);
  await moveVersionStage(ctx, PROJECT, 2, { stage: 'Production', archiveOthers: true });
  assert.deepEqual(await bed.routes(), ['stable 2 1', 'warm 1 0']);
  assert.deepEqual([await champion(bed), (await readVersion(ctx, PROJECT, 2)).stage], [2, 'Production']);
  assert.equal((await readVersion(ctx, PROJECT, 1)).stage, 'None');
});

test('the version before is one swap back, as a rollback is', async () => {
  const { bed, two } = await threeVersions();
  await using _ = bed;
  await gate(bed, two, 'pass');
  await pointAlias(contextOf(bed), PROJECT, 'champion', 2);
  assert.deepEqual(await bed.routes(), ['stable 2 1', 'warm 3 0']);
  const { items } = await readLedger(bed.db, { chain: projectChain(PROJECT), limit: 1 });
  assert.equal(items[0]?.action, 'endpoint.rolled-back');
});

test('what the gate refused, has not seen, or waits for a person moves nothing', async () => {
  const { bed, one } = await threeVersions();
  await using _ = bed;
  const ctx = contextOf(bed);
  const refused = async (why: RegExp) => {
    await assert.rejects(pointAlias(ctx, PROJECT, 'champion', 1), { code: 'CONFLICT', message: why });
    const stage = { stage: 'Production', archiveOthers: false } as const;
    await assert.rejects(moveVersionStage(ctx, PROJECT, 1, stage), { code: 'CONFLICT', message: why });
  };
  await refused(/the gate has not decided on it yet/);
  await gate(bed, one, 'fail');
  await refused(/auc: 0.61, at least 0.7/);
  await gate(bed, one, 'pass', { approval: { by: 'approver', notAuthor: true } });
  await refused(/an approval that was not asked for yet/);
  const approval = { id: 'apr_1', project: PROJECT, gate: 'production', subject: one, by_role: 'approver' };
  const rest = {
    not_author: 1,
    author: 'x',
    decided_by: null,
    comment: null,
    created_at: 1,
    decided_at: null,
  };
  const row = { ...approval, ...rest, state: 'waiting' as const, execution_id: null };
  await bed.db.commit({ statements: [{ query: bed.db.query.insertInto('approval').values(row) }] });
  await refused(/waits for approval by approver \(tend approve apr_1\)/);
  const decide = (state: 'approved' | 'rejected') =>
    bed.db.commit({ statements: [{ query: bed.db.query.updateTable('approval').set({ state }) }] });
  await decide('rejected');
  await refused(/apr_1 was refused/);
  assert.deepEqual([await bed.routes(), await champion(bed)], [['stable 3 1', 'warm 2 0'], 3]);
  await decide('approved');
  const nobody = { ...ctx, policy: { allows: () => false } };
  await assert.rejects(pointAlias(nobody, PROJECT, 'champion', 1), { code: 'NOT_ALLOWED' });
  await pointAlias(ctx, PROJECT, 'champion', 1);
  assert.equal(await champion(bed), 1);
});

test('a version that was never rolled out to its end is not moved to by an alias', async () => {
  const { bed } = await threeVersions();
  await using _ = bed;
  const ctx = contextOf(bed);
  await register(bed, 4, 'f'.repeat(64));
  await gate(bed, 'f'.repeat(64), 'pass');
  await assert.rejects(pointAlias(ctx, PROJECT, 'champion', 4), { message: /waits for its rollout/ });
  const five = await bed.release(5);
  await register(bed, 5, five);
  await gate(bed, five, 'pass');
  await assert.rejects(pointAlias(ctx, PROJECT, 'champion', 5), { message: /rollout was taken back/ });
  const client = { id: 'mdv_6', model: PROJECT, version: 6, state: 'registered', created_at: 1 };
  await bed.db.commit({ statements: [{ query: bed.db.query.insertInto('model_version').values(client) }] });
  await assert.rejects(pointAlias(ctx, PROJECT, 'champion', 6), { message: /not made by its project/ });
  assert.deepEqual(await bed.routes(), ['stable 3 1', 'warm 2 0']);
});
