import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sha256 } from '../../kernel/hash.ts';
import { stageHarness } from '../../../test/stage-harness.ts';
import { listEvidence } from '../../store/evidence.ts';
import type { StageScope } from '../stage-scope.ts';
import { setClock } from './governance-testbed.ts';
import { approvalRow, DATA, fakeHash, RELEASE, recordVersion } from './record-testbed.ts';
import { governanceKey, runGovernance } from './stage.ts';

const INPUTS = {
  governance: {
    approve: { production: { by: 'ml-lead', not: 'author' as const } },
    frameworks: ['nist-ai-rmf' as const],
  },
  model: 'flights',
  version: 1,
  dataset: { name: 'flights', hash: DATA },
};

/** The scope of the project whose records there are. */
async function recorded(scope: StageScope): Promise<StageScope> {
  await recordVersion(scope.db, setClock());
  return { ...scope, project: 'flights' };
}

async function setApproval(scope: StageScope, state: 'waiting' | 'rejected'): Promise<void> {
  const query = scope.db.query.updateTable('approval').set({ state }).where('id', '=', 'apr_1');
  await scope.db.commit({ statements: [{ query }] });
}

describe('runGovernance()', () => {
  it('writes card and sheet in three forms, with evidence that names their hashes', async () => {
    await using harness = await stageHarness();
    await harness.run(async (plain) => {
      const scope = await recorded(plain);
      const { verdict, reason, evidence, outputs } = await runGovernance(scope, INPUTS);
      assert.equal(verdict, 'pass', reason);
      assert.match(reason, /^approved by ml-lead; card and data sheet of version 1 are complete$/);
      const all = await listEvidence(scope.db, evidence);
      assert.deepEqual(
        all.map(({ kind, stage, verdict: said }) => [kind, stage, said]),
        [
          ['model-card', 'governance', 'pass'],
          ['data-sheet', 'governance', 'pass'],
          ['framework', 'governance', 'info'],
        ],
      );
      assert.deepEqual(
        all.slice(0, 2).map(({ subject }) => subject),
        [RELEASE, DATA],
      );
      for (const files of [outputs.card, outputs.sheet]) {
        assert.deepEqual(Object.keys(files).sort(), ['html', 'json', 'md']);
        for (const hash of Object.values(files)) assert.equal(sha256(await scope.blobs.read(hash)), hash);
      }
    });
  });

  it('has the same key until a fact changes, its own evidence being none', async () => {
    await using harness = await stageHarness();
    await harness.run(async (plain) => {
      const scope = await recorded(plain);
      const before = await governanceKey(scope, INPUTS);
      const { outputs } = await runGovernance(scope, INPUTS);
      assert.equal(await governanceKey(scope, INPUTS), before);
      const query = scope.db.query.insertInto('tombstone').values({
        kind: 'version',
        name: 'flights@1',
        project: 'flights',
        successor: 'flights@2',
        certificate: 'evd_1',
        archive_id: null,
        at: 1,
      });
      await scope.db.commit({ statements: [{ query }] });
      assert.notEqual(await governanceKey(scope, INPUTS), before);
      assert.equal(typeof outputs.card.html, 'string');
    });
  });

  it('waits while an approval does, and fails where one was refused or nobody was asked', async () => {
    await using harness = await stageHarness();
    const judged = (change: (scope: StageScope) => Promise<void>) =>
      harness.run(async (plain) => {
        const scope = { ...plain, project: 'flights' };
        await change(scope);
        const { verdict, reason } = await runGovernance(scope, INPUTS);
        return `${verdict}: ${reason}`;
      });
    const waits = await judged(async (scope) => {
      await recorded(scope);
      await setApproval(scope, 'waiting');
    });
    assert.equal(waits, 'waiting: waits for approval by ml-lead (tend approve apr_1)');
    const refused = await judged((scope) => setApproval(scope, 'rejected'));
    assert.equal(refused, 'fail: approval apr_1 was refused by ml-lead');
    const nobody = await judged(async (scope) => {
      const query = scope.db.query.deleteFrom('approval').where('id', '=', 'apr_1');
      await scope.db.commit({ statements: [{ query }, approvalRow(scope.db, 'apr_2', fakeHash('0'))] });
    });
    assert.equal(nobody, 'fail: nobody approved flights@1');
  });

  it('fails where the documents lack what stages record', async () => {
    await using harness = await stageHarness();
    await harness.run(async (plain) => {
      const scope = await recorded(plain);
      const query = scope.db.query.deleteFrom('evidence').where('kind', '=', 'performance');
      await scope.db.commit({ statements: [{ query }] });
      const { verdict, reason } = await runGovernance(scope, INPUTS);
      assert.equal(verdict, 'fail');
      assert.match(reason, /do not state: .*Figures on unseen rows/);
    });
  });

  it('says which listed outcomes of a framework evidence speaks to, and claims no more', async () => {
    await using harness = await stageHarness();
    await harness.run(async (plain) => {
      const scope = await recorded(plain);
      await runGovernance(scope, INPUTS);
    });
    const [framework] = await harness.evidence('framework');
    assert.ok(framework !== undefined);
    const { controls, source, published, covered } = framework.body as unknown as {
      readonly controls: readonly { control: string; covered: boolean; evidence: { kind: string }[] }[];
      readonly source: string;
      readonly published: string;
      readonly covered: number;
    };
    assert.deepEqual([source, published], ['https://doi.org/10.6028/NIST.AI.100-1', '2023-01-26']);
    const of = (id: string) => controls.find(({ control }) => control === id);
    assert.equal(of('MEASURE 2.11')?.covered, true);
    assert.deepEqual(
      of('MEASURE 2.11')?.evidence.map(({ kind }) => kind),
      ['test-bias', 'slices'],
    );
    for (const id of ['GOVERN 1.7', 'MEASURE 2.4', 'MANAGE 4.3']) assert.equal(of(id)?.covered, false, id);
    assert.equal(covered, controls.filter((control) => control.covered).length);
    assert.match(framework.title, /evidence speaks to \d+ of \d+ listed outcomes$/);
  });
});
