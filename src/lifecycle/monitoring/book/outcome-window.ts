import { bootstrap, type Interval } from '../../../learn/bootstrap.ts';
import { aucInterval } from '../../../learn/metrics/auc-interval.ts';
import { findMetric, METRIC_NAMES } from '../../../learn/metrics/find-metric.ts';
import { sliceAuc } from '../../../learn/metrics/slice-auc.ts';
import { durationMs } from '../../../kernel/schema.ts';
import { type Criterion, describeJudgement, judge, judgementsJson } from '../../problem/index.ts';
import type { OutcomeRows } from './outcome-rows.ts';
import type { SliceCodes } from './slice-codes.ts';
import type { WindowReport } from './window-report.ts';

/** Fewer outcomes say nothing of a model. */
const ROWS_MIN = 200;

/** Below this share of known outcomes a window says nothing: those that come early may be of a kind. */
const COVERAGE_MIN = 0.5;

/** Slices with fewer rows are not shown: their figures are noise. */
const SLICE_ROWS_MIN = 500;
const SLICES_SHOWN = 10;

const DAY_MS = 86_400_000;

/** Windows of a criterion on outcomes unless it says otherwise. */
const OVER = '7d';

/** What the criteria on outcomes are held against at the end of a day. */
export interface OutcomeWindowInput {
  readonly criteria: readonly Criterion[];
  readonly at: number;
  /** Days in order. */
  readonly days: readonly OutcomeRows[];
  /** Place of the release that the windows are about, and its hash. */
  readonly release: number;
  readonly hash: string | null;
  /** Since when that release answers, milliseconds UTC: a window is whole from then on. */
  readonly since: number;
  /** Evaluation's figures of that release, on which bounds may lean. */
  readonly test: Readonly<Record<string, number | null>>;
  readonly kind: 'classification' | 'regression';
  readonly slices: readonly string[];
  readonly codes: SliceCodes;
}

/** Rows of a window whose outcome is known. */
interface Known {
  readonly predictions: number;
  readonly target: Float64Array;
  readonly score: Float64Array;
  readonly slices: readonly Int32Array[];
}

/** The windows of the criteria on outcomes, and how many outcomes are known. */
export function outcomeReports(input: OutcomeWindowInput): WindowReport[] {
  const asked = input.criteria.filter((criterion) => METRIC_NAMES.includes(criterion.metric));
  const reports = asked.map((criterion) => {
    const window = { from: input.at - durationMs(criterion.over ?? OVER), to: input.at };
    return criterionReport(input, criterion, window, knownRows(input, window));
  });
  const window = { from: input.at - durationMs(OVER), to: input.at };
  return [...reports, coverageReport(window, knownRows(input, window), input.hash)];
}

function knownRows(
  { days, release, slices }: OutcomeWindowInput,
  window: { from: number; to: number },
): Known {
  const places: [OutcomeRows, number][] = [];
  let predictions = 0;
  for (const rows of days) {
    for (let i = 0; i < rows.rows; i++) {
      const t = rows.t[i] as number;
      if (t < window.from || t >= window.to || rows.release[i] !== release) continue;
      predictions++;
      if (!Number.isNaN(rows.target[i]) && !Number.isNaN(rows.score[i])) places.push([rows, i]);
    }
  }
  return {
    predictions,
    target: Float64Array.from(places, ([rows, i]) => rows.target[i] as number),
    score: Float64Array.from(places, ([rows, i]) => rows.score[i] as number),
    slices: slices.map((_name, slicing) =>
      Int32Array.from(places, ([rows, i]) => (rows.slices[slicing] as Int32Array)[i] as number),
    ),
  };
}

function criterionReport(
  input: OutcomeWindowInput,
  criterion: Criterion,
  window: { readonly from: number; readonly to: number },
  known: Known,
): WindowReport {
  const { metric } = criterion;
  const rows = known.target.length;
  const coverage = known.predictions === 0 ? 0 : rows / known.predictions;
  const whole = input.since <= window.from + DAY_MS;
  const few = rows < ROWS_MIN || coverage < COVERAGE_MIN || !whole;
  const interval = few ? NOTHING : measure(metric, known);
  const figures = input.test[metric] == null ? {} : { test: input.test[metric] as number };
  const { estimate: value, low, high } = interval;
  const judged = judge(criterion, { value, low, high }, figures);
  const bound = judged.bound.at_least ?? judged.bound.at_most;
  const slices = few || metric !== 'roc_auc' ? [] : worstSlices(input, known);
  return {
    monitor: `criterion:${criterion.id}`,
    ...window,
    verdict: few || bound === undefined ? 'open' : verdictOf(criterion, interval, bound),
    value: Number.isFinite(value) ? value : null,
    ...(Number.isFinite(low) ? { low } : {}),
    ...(Number.isFinite(high) ? { high } : {}),
    ...(bound === undefined ? {} : { bound }),
    release: input.hash,
    title: `${criterion.id}: ${describeJudgement(judged)}, over ${rows.toLocaleString('en')} outcomes`,
    body: {
      rows,
      predictions: known.predictions,
      coverage,
      criteria: judgementsJson([judged, ...slices.map((slice) => ({ ...judged, ...slice }))]),
    },
  };
}

const NOTHING: Interval = { estimate: Number.NaN, low: Number.NaN, high: Number.NaN, level: 0.95 };

/** DeLong's interval for the area, resamples for the rest. */
function measure(name: string, { target, score }: Known): Interval {
  if (name === 'roc_auc') return aucInterval(target, score);
  const [interval] = bootstrap(target.length, [findMetric(name).prepare(target, score)], { seed: 1 });
  return interval ?? NOTHING;
}

/** It fails where its whole interval lies on the wrong side of the bound; a value beyond it alone proves nothing. */
function verdictOf(
  criterion: Criterion,
  { estimate, low, high }: Interval,
  bound: number,
): WindowReport['verdict'] {
  if (!Number.isFinite(estimate)) return 'open';
  const atLeast = criterion.at_least !== undefined;
  if (atLeast ? estimate >= bound : estimate <= bound) return 'pass';
  return (atLeast ? high < bound : low > bound) ? 'fail' : 'open';
}

/** The slices with the least area among those with enough rows, as figures of their own. */
function worstSlices({ slices, codes }: OutcomeWindowInput, known: Known) {
  const found = slices.flatMap((name, slicing) => {
    const values = codes.values(slicing);
    const rows = { ...known, codes: known.slices[slicing] as Int32Array };
    return sliceAuc(rows, values.length).flatMap(({ rows: count, interval }, code) => {
      if (count < SLICE_ROWS_MIN || !Number.isFinite(interval.estimate)) return [];
      const { estimate, low, high } = interval;
      return [{ slice: `${name} = ${values[code] ?? ''}`, value: estimate, low, high }];
    });
  });
  return found
    .sort((a, b) => a.value - b.value)
    .slice(0, SLICES_SHOWN)
    .map((one) => ({ ...one, verdict: 'none' as const }));
}

function coverageReport(
  window: { readonly from: number; readonly to: number },
  { predictions, target }: Known,
  release: string | null,
): WindowReport {
  const coverage = predictions === 0 ? null : target.length / predictions;
  const share =
    coverage === null ? 'no predictions' : `${(100 * coverage).toFixed(1)} % of the outcomes are known`;
  return {
    monitor: 'outcomes',
    ...window,
    verdict: coverage !== null && coverage >= COVERAGE_MIN ? 'pass' : 'open',
    value: coverage,
    bound: COVERAGE_MIN,
    release,
    title: `${share}, of ${predictions.toLocaleString('en')} predictions`,
    body: { predictions, outcomes: target.length },
  };
}
