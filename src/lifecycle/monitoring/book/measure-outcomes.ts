import type { CategoryColumn } from '../../../kernel/column.ts';
import { bootstrap, bootstrapInterval, type Interval } from '../../../learn/bootstrap.ts';
import { findFairnessMeasure } from '../../../learn/fairness/fairness-measure.ts';
import { groupRates } from '../../../learn/fairness/group-rates.ts';
import { aucInterval } from '../../../learn/metrics/auc-interval.ts';
import { findMetric } from '../../../learn/metrics/find-metric.ts';
import { sliceAuc } from '../../../learn/metrics/slice-auc.ts';
import { metricBySlice } from '../../../learn/metrics/slices.ts';
import type { Criterion } from '../../problem/index.ts';
import type { LabelledRows } from './labelled-rows.ts';

/** Resamples are drawn alike in every window. */
const SEED = 1;

/** A group with fewer rows is not compared unless the criterion says otherwise. */
const GROUP_ROWS_MIN = 100;

/** A metric of one part of the rows. */
export interface PartFigure {
  readonly part: string;
  readonly rows: number;
  /** NaN where it is not defined, or where there are too few rows. */
  readonly interval: Interval;
}

/** A metric with its 95 % interval: DeLong's for the area under the ROC curve, bootstrap for the others. */
export function measureOutcomes(metric: string, { target, score }: LabelledRows): Interval {
  if (metric === 'roc_auc') return aucInterval(target, score);
  return bootstrapInterval(findMetric(metric), target, score, { seed: SEED });
}

/**
 * A metric by the value of a slicing, parts with most rows first. Areas of all parts take one pass over the
 * sorted scores (`order`, row numbers by ascending score); other metrics have intervals as in evaluation.
 * Parts with fewer than `minRows` rows are listed with NaN.
 */
export function measureParts(
  metric: string,
  rows: LabelledRows,
  by: CategoryColumn,
  options: { readonly minRows: number; readonly order: Uint32Array | undefined },
): PartFigure[] {
  const { target, score } = rows;
  const { codes, levels } = by;
  const { minRows, order } = options;
  if (metric !== 'roc_auc') {
    const { slices } = metricBySlice(findMetric(metric), by, target, score, { minRows });
    return slices.map(({ level, rows: count, interval }) => {
      return { part: level ?? NO_SLICE, rows: count, interval };
    });
  }
  const parts = sliceAuc({ codes, target, score }, levels.length, order);
  return parts
    .map(({ rows: count, interval }, code): PartFigure => {
      return { part: levels[code] ?? '', rows: count, interval: count < minRows ? UNKNOWN : interval };
    })
    .filter((part) => part.rows > 0)
    .sort((a, b) => b.rows - a.rows);
}

/**
 * A measure over groups, with its bootstrap interval; `selected` of the criterion says which scores are.
 * Only groups with enough rows are compared.
 */
export function measureGroups(criterion: Criterion, rows: LabelledRows, group: CategoryColumn): Interval {
  const measure = findFairnessMeasure(criterion.metric);
  const isSelected = selection(criterion.selected ?? 'score >= 0.5');
  const selected = Uint8Array.from(rows.score, (score) => Number(isSelected(score)));
  const { target } = rows;
  const ratesOf = groupRates({ group, selected, target }, criterion.min_rows ?? GROUP_ROWS_MIN);
  const [interval] = bootstrap(selected.length, [(weights) => measure.of(ratesOf(weights))], { seed: SEED });
  return interval ?? UNKNOWN;
}

/** What a part without a value is called where it is one of its own. */
const NO_SLICE = '(none)';

const UNKNOWN: Interval = { estimate: Number.NaN, low: Number.NaN, high: Number.NaN, level: 0.95 };

/** `score >= 0.3` as a test of a score. */
function selection(condition: string): (score: number) => boolean {
  const [, sign, amount] = /^score\s*(>=|>|<=|<)\s*(-?[\d.]+)$/.exec(condition.trim()) ?? [];
  const bound = Number(amount);
  if (sign === '>=') return (score) => score >= bound;
  if (sign === '>') return (score) => score > bound;
  return sign === '<=' ? (score) => score <= bound : (score) => score < bound;
}
