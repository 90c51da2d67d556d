import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { STAGES } from '../../src/kernel/verdict.ts';
import { type TinyProject, tinyProject } from '../tiny-project.ts';

interface PlannedStage {
  readonly stage: string;
  readonly run: boolean;
}

describe('tend plan and tend apply', () => {
  let project: TinyProject;
  before(() => {
    project = tinyProject('classification');
  });
  after(() => project[Symbol.dispose]());

  it('plans a new project: every change and stage with its reason, and a hash', async () => {
    const plan = (await project.tend(['plan', '--json'])).data();
    assert.deepEqual(Object.keys(plan).sort(), ['changes', 'hash', 'project', 'specHash', 'stages']);
    assert.deepEqual(
      plan.changes.map(({ action, stage }: { action: string; stage: string }) => `${action} ${stage}`),
      ['create problem', 'create data', 'create training', 'traffic deployment'],
    );
    for (const change of plan.changes) {
      assert.deepEqual(Object.keys(change), ['action', 'stage', 'subject', 'reason']);
    }
    assert.deepEqual(
      plan.stages.map(({ stage }: PlannedStage) => stage),
      [...STAGES],
    );
    assert.deepEqual(running(plan), [...STAGES.slice(0, 7), 'governance']);
    assert.match(plan.stages[9].reason, /nothing was retired yet/);
  });

  it('asks before it applies, and where nobody can answer says how to go on', async () => {
    const run = await project.tend(['apply']);
    assert.equal(run.code, 2);
    assert.match(run.err, /^error: there is nobody to ask here: apply with --yes or --plan FILE\nfix: /);
    assert.deepEqual((await project.tend(['status', '--json'])).data(), { projects: [] });
  });

  it('carries out exactly the plan of a file', async () => {
    const out = await project.tend(['plan', '--out', 'plan.json', '--detailed']);
    assert.equal(out.code, 11, 'something would change');
    const applied = await project.tend(['apply', '--plan', 'plan.json', '--json']);
    assert.equal(applied.code, 0, applied.err);
    const { data } = { data: applied.data() };
    assert.equal(data.waiting, null);
    assert.deepEqual(
      data.stages.map(({ verdict }: { verdict: string }) => verdict),
      [...Array(7).fill('pass'), 'none', 'pass', 'none'],
    );
  });

  it('refuses the plan of another state with exit 6', async () => {
    const stale = await project.tend(['apply', '--plan', 'plan.json', '--json']);
    assert.equal(stale.code, 6);
    assert.equal(stale.error().code, 'STALE_PLAN');
    assert.match(stale.error().hint, /tend plan/);
    using other = project.copy();
    assert.equal((await other.tend(['plan', '--out', 'plan.json'])).code, 0);
    other.edit('request.sql', 'x2', 'x2 * 2 as x2');
    assert.equal((await other.tend(['apply', '--plan', 'plan.json'])).code, 6, 'SQL is a part of the plan');
  });

  it('finds nothing to do afterwards, and repeats nothing', async () => {
    const plan = await project.tend(['plan', '--detailed', '--json']);
    assert.equal(plan.code, 0);
    assert.deepEqual([plan.data().changes, running(plan.data())], [[], []]);
    const first = (await project.tend(['status', '--json'])).data();
    assert.equal((await project.tend(['apply', '--yes'])).code, 0);
    assert.deepEqual((await project.tend(['status', '--json'])).data(), first, 'every evidence id is kept');
  });

  it('runs what leans on a change and nothing else, and says why', async () => {
    using other = project.copy();
    other.edit('tend.yaml', 'baseline - 0.05', 'baseline - 0.06');
    other.edit(
      'tend.yaml',
      'deployment:',
      'monitoring: { drift: { test: psi, alert_at: 0.2 } }\ndeployment:',
    );
    const plan = (await other.tend(['plan', '--json'])).data();
    assert.deepEqual(
      plan.changes
        .filter(({ action }: { action: string }) => action === 'change')
        .map((c: { subject: string }) => c.subject),
      ['problem', 'monitoring'],
    );
    const rest = ['deployment', 'monitoring', 'governance'];
    assert.deepEqual(running(plan), ['problem', 'evaluation', 'testing', ...rest]);
    const evaluation = plan.stages.find(({ stage }: PlannedStage) => stage === 'evaluation');
    assert.match(evaluation.reason, /criterion accurate changed/);
  });

  it('shows ten stages in order, and for each piece of evidence its id, kind, subject and hash', async () => {
    const { projects } = (await project.tend(['status', '--json'])).data();
    assert.equal(projects.length, 1);
    assert.equal(projects[0].name, 'tiny');
    assert.deepEqual(
      projects[0].stages.map(({ stage }: PlannedStage) => stage),
      [...STAGES],
    );
    const evidence = projects[0].stages.flatMap((stage: { evidence: object[] }) => stage.evidence);
    assert.equal(evidence.length, 22);
    for (const { id, kind, subject, hash } of evidence) {
      assert.match(id, /^evd_[0-9a-z]{26}$/);
      assert.match(kind, /^[a-z-]+$/);
      assert.match(subject, /^[0-9a-f]{64}$/, kind);
      assert.match(hash, /^[0-9a-f]{64}$/);
    }
    for (const name of ['retraining', 'decommissioning']) {
      const stage = projects[0].stages.find((one: PlannedStage) => one.stage === name);
      assert.deepEqual([stage.verdict, stage.evidence], ['none', []], name);
      assert.match(stage.reason, /^nothing (has set one off|was retired) yet$/);
    }
  });

  it('says the same of the same inputs in another folder: subjects are content', async () => {
    using other = tinyProject('classification');
    await other.tend(['apply', '--yes']);
    const subjects = async (one: TinyProject) => {
      const { projects } = (await one.tend(['status', '--json'])).data();
      type Stage = { readonly evidence: readonly { readonly kind: string; readonly subject: string }[] };
      return projects[0].stages.flatMap((stage: Stage) =>
        stage.evidence.map((e) => `${e.kind} ${e.subject}`),
      );
    };
    assert.deepEqual(await subjects(other), await subjects(project));
  });
});

function running(plan: { readonly stages: readonly PlannedStage[] }): string[] {
  return plan.stages.filter(({ run }) => run).map(({ stage }) => stage);
}
