import type { CategoryColumn } from '../../../kernel/column.ts';
import { asJson, type Json, type JsonObject } from '../../../kernel/json.ts';
import { durationMs } from '../../../kernel/schema.ts';
import type { Interval } from '../../../learn/bootstrap.ts';
import { findMetric, METRIC_NAMES } from '../../../learn/metrics/find-metric.ts';
import { orderAscending } from '../../../learn/metrics/order.ts';
import type { Criterion } from '../../problem/index.ts';
import { describeLive, judgeLive } from './judge-live.ts';
import { type LabelledRows, labelledRows } from './labelled-rows.ts';
import { measureGroups, measureOutcomes, measureParts, type PartFigure } from './measure-outcomes.ts';
import { dayFigure, slicesFigure } from './outcome-figures.ts';
import type { ReleaseShare, Traffic } from './traffic.ts';
import { finiteOrNull, type TimeWindow, type WindowReport } from './window-report.ts';

const DAY_MS = 86_400_000;

/** Windows of a criterion on outcomes unless it says otherwise. */
export const OUTCOME_OVER = '7d';

/** Below this share of known outcomes nothing is judged: those that come early may be of a kind. */
export const COVERAGE_MIN = 0.5;

/** Fewer outcomes say nothing of a model. */
const ROWS_MIN = 100;

/** Slices with fewer outcomes are counted and not judged. */
const SLICE_ROWS_MIN = 100;

/** Slices listed of one slicing, those with most rows. */
const SLICES_SHOWN = 60;

/**
 * Share of the window that may lie before the first prediction, or in hours that another release answered:
 * a day of a week. Less than that is another thing than what the bound was meant for.
 */
const SLACK_SHARE = 1 / 7;

/** What criteria on outcomes are measured by. */
export interface OutcomeOptions {
  readonly kind: 'classification' | 'regression';
  readonly slices: readonly string[];
}

/** Is the criterion about outcomes, or about groups, of the answers? */
export function isOutcomeCriterion({ metric }: Criterion): boolean {
  return METRIC_NAMES.includes(metric) || isGroupMetric(metric);
}

/**
 * A criterion on outcomes over a window, on the rows of the release that answered most of it, with its 95 %
 * interval, by day and by slice. It fails only where the bound lies outside of the interval on the wrong
 * side, half of the outcomes are known, and the window is full.
 */
export function outcomeReport(
  criterion: Criterion,
  options: OutcomeOptions,
  traffic: Traffic,
  at: number,
): WindowReport {
  const window = { from: at - durationMs(criterion.over ?? OUTCOME_OVER), to: at };
  const [release] = traffic.shares(window);
  const all = traffic.shares(window).reduce((sum, share) => sum + share.rows, 0);
  const rows = rowsOf(criterion, options, traffic, window, release);
  const known = rows.target.length;
  const grouped = isGroupMetric(criterion.metric);
  const by = options.slices.indexOf(criterion.by ?? '');
  const doubt =
    grouped && by === -1
      ? `evaluation.slices does not name ${criterion.by ?? 'its groups'}`
      : doubtOf(window, traffic.since, release, rows);
  const interval = intervalOf(criterion, rows, by === -1 ? undefined : columnOf(traffic, rows, by));
  const figure = { value: interval.estimate, low: interval.low, high: interval.high };
  const judgement = judgeLive(criterion, figure, release?.reference?.test ?? {}, doubt);
  const { verdict, judged, bound, reason } = judgement;
  const of = release === undefined ? 'nobody answered' : `version ${release.version}`;
  return {
    monitor: `criterion:${criterion.id}`,
    ...window,
    verdict,
    value: judged.value,
    ...(typeof judged.low === 'number' ? { low: judged.low } : {}),
    ...(typeof judged.high === 'number' ? { high: judged.high } : {}),
    ...(bound === undefined ? {} : { bound }),
    release: release?.hash ?? null,
    title: `${criterion.id}: ${describeLive(judgement)}; ${of}, ${known.toLocaleString('en')} outcomes`,
    body: {
      ...(reason === undefined ? {} : { reason }),
      version: release?.version ?? null,
      share_of_window: all === 0 ? null : (release?.rows ?? 0) / all,
      predictions: rows.predictions,
      outcomes: known,
      coverage: rows.predictions === 0 ? null : known / rows.predictions,
      criteria: [{ ...judged }],
      ...(grouped ? {} : partsOf(criterion, options, traffic, rows, bound)),
    },
  };
}

/** NaN for a measure over groups that nobody knows. */
function intervalOf(criterion: Criterion, rows: LabelledRows, group: CategoryColumn | undefined): Interval {
  if (!isGroupMetric(criterion.metric)) return measureOutcomes(criterion.metric, rows);
  const level = 0.95;
  if (group === undefined) return { estimate: Number.NaN, low: Number.NaN, high: Number.NaN, level };
  return measureGroups(criterion, rows, group);
}

function isGroupMetric(metric: string): boolean {
  return GROUP_METRICS.has(metric);
}

const GROUP_METRICS = new Set([
  'disparate_impact',
  'demographic_parity_difference',
  'equalized_odds_difference',
]);

/** Measures of decisions alone need no outcome. */
const WITHOUT_OUTCOME = new Set(['disparate_impact', 'demographic_parity_difference']);

function rowsOf(
  { metric }: Criterion,
  { kind, slices }: OutcomeOptions,
  traffic: Traffic,
  window: TimeWindow,
  release: ReleaseShare | undefined,
): LabelledRows {
  return labelledRows({
    ...window,
    days: traffic.days(window),
    release: release?.place ?? -1,
    kind,
    slicings: slices.length,
    rows: WITHOUT_OUTCOME.has(metric) ? 'scored' : 'known',
  });
}

/** Why nothing can be said; undefined where something can. */
function doubtOf(
  { from, to }: TimeWindow,
  since: number,
  release: ReleaseShare | undefined,
  { predictions, target }: LabelledRows,
): string | undefined {
  if (release === undefined || predictions === 0) return 'nothing answered';
  if (since > from + SLACK_SHARE * (to - from)) return 'the first window is not full yet';
  const { version, hours, activeHours } = release;
  if (hours < (1 - SLACK_SHARE) * activeHours) {
    return `version ${version} answered in ${hours} of ${activeHours} hours`;
  }
  const coverage = target.length / predictions;
  if (coverage < COVERAGE_MIN) return `${(100 * coverage).toFixed(0)} % of the outcomes are known`;
  return target.length < ROWS_MIN ? `${target.length} outcomes are too few` : undefined;
}

function columnOf(traffic: Traffic, { slices }: LabelledRows, slicing: number): CategoryColumn {
  const codes = slices[slicing] ?? new Int32Array(0);
  return { kind: 'category', codes, levels: traffic.codes.values(slicing) };
}

/** The metric by day and by slice, as lists and as figures. */
function partsOf(
  { metric }: Criterion,
  { slices }: OutcomeOptions,
  traffic: Traffic,
  rows: LabelledRows,
  bound: number | undefined,
): JsonObject {
  const order = metric === 'roc_auc' ? orderAscending(rows.score) : undefined;
  const options = { minRows: SLICE_ROWS_MIN, order };
  const { direction } = findMetric(metric);
  const lists = slices.map((by, slicing) => {
    const parts = measureParts(metric, rows, columnOf(traffic, rows, slicing), options);
    return { by, shown: parts.slice(0, SLICES_SHOWN), parts: parts.length, worst: worstOf(parts, direction) };
  });
  const days = measureParts(metric, rows, dayColumn(rows.t), options);
  const figures: Json[] = [];
  if (days.length > 0) figures.push(asJson(dayFigure(metric, days, bound)));
  for (const { by, shown } of lists)
    if (shown.length > 0) figures.push(asJson(slicesFigure(metric, by, shown, bound)));
  return {
    slices: lists.map(({ by, shown, parts, worst }) => ({
      by,
      parts: shown.map(partJson),
      not_shown: parts - shown.length,
      worst: worst === undefined ? null : partJson(worst),
    })),
    figures,
  };
}

/** Days of event time, named by their first millisecond. */
function dayColumn(t: Float64Array): CategoryColumn {
  const levels: string[] = [];
  const codeOf = new Map<number, number>();
  const codes = new Int32Array(t.length);
  for (let i = 0; i < t.length; i++) {
    const day = Math.floor(t[i]! / DAY_MS);
    let code = codeOf.get(day);
    if (code === undefined) {
      code = levels.length;
      codeOf.set(day, code);
      levels.push(String(day * DAY_MS));
    }
    codes[i] = code;
  }
  return { kind: 'category', codes, levels };
}

function worstOf(parts: readonly PartFigure[], direction: 'higher' | 'lower'): PartFigure | undefined {
  const defined = parts.filter(({ interval }) => !Number.isNaN(interval.estimate));
  const sign = direction === 'higher' ? 1 : -1;
  return defined.sort((a, b) => sign * (a.interval.estimate - b.interval.estimate))[0];
}

function partJson({ part, rows, interval }: PartFigure): JsonObject {
  const { estimate, low, high } = interval;
  return {
    part,
    rows,
    value: finiteOrNull(estimate),
    low: finiteOrNull(low),
    high: finiteOrNull(high),
  };
}
