import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { interruptTend } from '../tend-process.ts';
import { type TinyProject, tinyProject } from '../tiny-project.ts';

/** The table of exit codes that scripts rely on; each once, by the command that shows it most plainly. */
describe('exit codes', () => {
  let project: TinyProject;
  before(() => {
    project = tinyProject('regression');
  });
  after(() => project[Symbol.dispose]());

  const exits = async (code: number, args: readonly string[]): Promise<void> => {
    const run = await project.tend(args);
    assert.equal(run.code, code, run.out + run.err);
  };

  it('0: done', () => exits(0, ['plan']));
  it('2: usage', () => exits(2, ['plan', '--detialed']));
  it('4: not found', () => exits(4, ['models', 'rollback', 'nothing']));
  it('11: something would change', () => exits(11, ['plan', '--detailed']));

  it('1: failed', async () => {
    using other = project.copy();
    other.edit('tend.yaml', 'uri: examples.csv', 'uri: nothing.csv');
    assert.equal((await other.tend(['apply', '--yes'])).code, 1);
  });

  it('3: configuration invalid', async () => {
    using other = project.copy();
    other.edit('tend.yaml', 'kind: regression', 'kind: guesswork');
    assert.equal((await other.tend(['apply', '--yes'])).code, 3);
  });

  it('5: not allowed', async () => {
    const run = await project.tend(['status'], { env: { TEND_TOKEN: 'tend_unknown' } });
    assert.equal(run.code, 5);
  });

  it('6: stale plan', async () => {
    using other = project.copy();
    assert.equal((await other.tend(['plan', '--out', 'plan.json'])).code, 0);
    other.edit('tend.yaml', 'seed: 1', 'seed: 2');
    assert.equal((await other.tend(['apply', '--plan', 'plan.json'])).code, 6);
  });

  it('10: a gate said no, and the next run with a bound that can be held goes on from there', async () => {
    using other = project.copy();
    other.edit('tend.yaml', 'baseline - 0.05', 'baseline - 100');
    const refused = await other.tend(['apply', '--yes', '--json']);
    assert.equal(refused.code, 10, refused.err);
    const stages = refused.data().stages as { stage: string; verdict: string; reason: string }[];
    const failed = stages.filter(({ verdict }) => verdict === 'fail').map(({ stage }) => stage);
    assert.deepEqual(failed, ['evaluation', 'deployment']);
    assert.match(stages[5]?.reason ?? '', /^the gate refused version 1: .*accurate/);
    assert.equal((await other.tend(['endpoints', 'list', '--json'])).data().items.length, 0);
    other.edit('tend.yaml', 'baseline - 100', 'baseline - 0.05');
    const plan = (await other.tend(['plan', '--json'])).data();
    assert.equal(plan.stages.find((one: { stage: string }) => one.stage === 'training').run, false);
    assert.equal((await other.tend(['apply', '--yes'])).code, 0);
  });

  it('130: interrupted, and the same command goes on', async () => {
    using other = project.copy();
    const interrupted = await interruptTend(['apply', '--yes'], { cwd: other.dir, at: /^data +pass/m });
    assert.equal(interrupted.code, 130, interrupted.err);
    assert.match(interrupted.err, /^error: interrupted.*\nfix: Run the same command again/m);
    const { projects } = (await other.tend(['status', '--json'])).data();
    const kept = projects[0].stages[1].evidence;
    assert.ok(kept.length > 0);
    assert.equal((await other.tend(['apply', '--yes'])).code, 0);
    const later = (await other.tend(['status', '--json'])).data();
    assert.deepEqual(later.projects[0].stages[1].evidence, kept, 'what was done is not done again');
  });
});
