import { TendError } from '../../../kernel/error.ts';
import type { JudgedCriterion } from '../../../kernel/figure.ts';
import type { Json } from '../../../kernel/json.ts';
import { fairnessReport } from '../../../learn/fairness/fairness-report.ts';
import { GROUP_ROWS_MIN } from '../../../learn/fairness/group-rates.ts';
import { sliceColumn } from '../../evaluation/index.ts';
import { type Criterion, judge, judgedBy } from '../../problem/index.ts';
import type { TestBench } from '../test-bench.ts';
import type { TestOutcome } from '../test-outcome.ts';

/** Group criteria of the problem, on the test rows. */
export async function biasTest(bench: TestBench): Promise<TestOutcome> {
  const asked = bench.inputs.criteria.filter(
    (criterion) => judgedBy(criterion) === 'testing' && criterion.by !== undefined,
  );
  const judged = asked.map((criterion) => judgeGroups(bench, criterion));
  return {
    kind: 'bias',
    cases: [],
    criteria: judged.map((one) => one.judged),
    measured: Object.fromEntries(judged.map((one) => [one.judged.id, one.groups])),
    ...(asked.length === 0 ? { notes: 'the problem declares no group criterion' } : {}),
  };
}

function judgeGroups(bench: TestBench, criterion: Criterion): { judged: JudgedCriterion; groups: Json } {
  const { split, scores, inputs } = bench;
  const group = sliceColumn(split.test, criterion.by ?? '');
  const selected = selection(scores, criterion.selected);
  const target = inputs.kind === 'classification' ? { target: split.test.target } : {};
  const minRows = criterion.min_rows ?? GROUP_ROWS_MIN;
  const report = fairnessReport({ group, selected, ...target }, minRows);
  const measure = report.measures.find((one) => one.name === criterion.metric)?.interval;
  const measured = { value: measure?.estimate ?? Number.NaN };
  const ends = measure === undefined ? {} : { low: measure.low, high: measure.high };
  const groups = report.groups.map((rates) => jsonRates(rates));
  return { judged: judge(criterion, { ...measured, ...ends }), groups };
}

function jsonRates(rates: object): Json {
  return Object.fromEntries(
    Object.entries(rates).map(([name, value]) => [
      name,
      typeof value === 'number' && !Number.isFinite(value) ? null : value,
    ]),
  ) as Json;
}

const SELECTED_DEFAULT = 'score >= 0.5';

/** 1 where a score counts as selected, by a condition such as `score >= 0.3`. */
function selection(scores: Float64Array, condition = SELECTED_DEFAULT): Uint8Array {
  const [, operator, bound] = /^score\s*(>=|>|<=|<)\s*(-?\d+(?:\.\d+)?)$/.exec(condition) ?? [];
  if (operator === undefined) throw new TendError('SPEC_INVALID', `expected score >= 0.3, came ${condition}`);
  const limit = Number(bound);
  return Uint8Array.from(scores, (score) => {
    if (operator === '>=') return score >= limit ? 1 : 0;
    if (operator === '>') return score > limit ? 1 : 0;
    return operator === '<=' ? (score <= limit ? 1 : 0) : score < limit ? 1 : 0;
  });
}
