import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stageHarness } from '../../../test/stage-harness.ts';
import { parseBound, resolveBound } from './bound.ts';
import { type Criterion, criterionSpec, judgedBy } from './criterion.ts';
import { describeJudgement, judge } from './judgement.ts';
import { problemSpec } from './spec.ts';
import { problemKey, runProblem } from './stage.ts';

const at = (value: number) => ({ kind: 'value', value });

test('a bound is a number, a share, a duration in milliseconds, or leans on another figure', () => {
  assert.deepEqual(parseBound(0.66), at(0.66));
  assert.deepEqual(parseBound('0.66'), at(0.66));
  assert.deepEqual(parseBound('-2'), at(-2));
  assert.deepEqual(parseBound('0.1%'), at(0.001));
  assert.deepEqual(parseBound('50ms'), at(50));
  assert.deepEqual(parseBound('2s'), at(2000));
  assert.deepEqual(parseBound('baseline'), { kind: 'relative', to: 'baseline', offset: 0 });
  assert.deepEqual(parseBound('baseline+0.03'), { kind: 'relative', to: 'baseline', offset: 0.03 });
  assert.deepEqual(parseBound(' test - 0.02 '), { kind: 'relative', to: 'test', offset: -0.02 });
  for (const text of ['', 'high', 'baseline * 2', 'model + 1', 'test - -1', '1e3', '5 %']) {
    assert.equal(parseBound(text), undefined, text);
  }
});

test('a bound that leans on a figure nobody has is unknown', () => {
  assert.equal(resolveBound('champion + 0.01', { champion: 0.7 }), 0.71);
  assert.equal(resolveBound('champion + 0.01', { baseline: 0.7 }), undefined);
  assert.equal(resolveBound('nonsense', {}), undefined);
});

const criterion = (more: object): Criterion => criterionSpec.parse({ id: 'c', metric: 'roc_auc', ...more });

test('a criterion holds at its bound; what was not measured, or leans on nothing, fails', () => {
  const verdict = (more: object, value: number, figures = {}) =>
    judge(criterion(more), { value }, figures).verdict;
  assert.equal(verdict({ at_least: 0.66 }, 0.66), 'pass');
  assert.equal(verdict({ at_least: 0.66 }, 0.6599), 'fail');
  assert.equal(verdict({ at_most: 0.05 }, 0.05), 'pass');
  assert.equal(verdict({ at_most: 0.05 }, 0.0501), 'fail');
  assert.equal(verdict({ at_least: 'baseline + 0.03' }, 0.7, { baseline: 0.6 }), 'pass');
  assert.equal(verdict({ at_least: 'baseline + 0.03' }, 0.7), 'fail');
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY])
    assert.equal(verdict({ at_least: 0.5 }, value), 'fail');
});

test('a judgement says what was measured against what', () => {
  const judged = judge(criterion({ at_least: 0.66 }), { value: 0.641234, low: 0.63, high: Number.NaN });
  assert.deepEqual(judged, {
    id: 'c',
    metric: 'roc_auc',
    value: 0.641234,
    low: 0.63,
    bound: { at_least: 0.66 },
    verdict: 'fail',
  });
  assert.equal(describeJudgement(judged), 'roc_auc 0.6412, at least 0.66');
  assert.equal(
    describeJudgement(judge(criterion({ at_most: 'test' }), { value: Number.NaN })),
    'roc_auc not measured, its bound is not known',
  );
});

test('a criterion has one bound, and is judged in one place', () => {
  for (const bad of [
    {},
    { at_least: 1, at_most: 2 },
    { at_least: 'high' },
    { at_least: 1, selected: 'late' },
  ]) {
    assert.equal(criterionSpec.safeParse({ id: 'c', metric: 'roc_auc', ...bad }).success, false);
  }
  assert.equal(judgedBy(criterion({ at_least: 0.5 })), 'evaluation');
  assert.equal(judgedBy(criterion({ at_least: 0.5, live: true })), 'monitoring');
  assert.equal(judgedBy(criterion({ metric: 'latency_p99', at_most: '50ms' })), 'testing');
  assert.equal(judgedBy(criterion({ metric: 'disparate_impact', by: 'g', at_least: 0.8 })), 'testing');
});

test('the stage records the problem as stated, and a changed criterion is another problem', async () => {
  await using harness = await stageHarness();
  const problem = problemSpec.parse({
    statement: 'Will it be late?',
    stakeholders: { owner: 'ops' },
    objective: 'Fewer missed connections.',
    risk: { level: 'minimal', reason: 'No person is scored.' },
    baseline: { constant: 'prior' },
    criteria: [{ id: 'ranks', metric: 'roc_auc', at_least: 0.66, on: 'test' }],
  });
  const inputs = { problem, owner: 'ops', kind: 'classification' as const };
  const result = await harness.run((scope) => runProblem(scope, inputs));
  assert.deepEqual([result.verdict, result.reason], ['pass', '1 measurable criterion, risk minimal']);
  const [evidence] = await harness.evidence('problem-statement');
  assert.deepEqual(result.evidence, [evidence?.id]);
  assert.equal(evidence?.title, 'Will it be late?');
  const keys = await harness.run(async (scope) => {
    const other = { ...problem, criteria: problem.criteria.map((it) => ({ ...it, at_least: 0.7 })) };
    return [
      problemKey(scope, inputs),
      problemKey(scope, { ...inputs }),
      problemKey(scope, { ...inputs, problem: other }),
    ];
  });
  assert.equal(keys[0], keys[1]);
  assert.notEqual(keys[0], keys[2]);
});

test('a problem names a person, a risk with its reason, one baseline, and something measurable', () => {
  const good = {
    statement: 'Will it be late?',
    stakeholders: { owner: 'ops' },
    objective: 'Fewer missed connections.',
    risk: { level: 'high', reason: 'It decides on people.' },
    baseline: { score: 'rate' },
    criteria: [{ id: 'ranks', metric: 'roc_auc', at_least: 0.66 }],
  };
  assert.equal(problemSpec.safeParse(good).success, true);
  for (const bad of [
    { stakeholders: {} },
    { criteria: [] },
    { baseline: {} },
    { risk: { level: 'none', reason: 'No.' } },
  ]) {
    assert.equal(problemSpec.safeParse({ ...good, ...bad }).success, false);
  }
  assert.equal(problemSpec.safeParse({ ...good, baseline: { score: 'a', constant: 'mean' } }).success, false);
});
