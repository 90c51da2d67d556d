import { type Interval, LEVEL_DEFAULT } from '../bootstrap.ts';
import { Z_95 } from '../influence-interval.ts';
import { FAIRNESS_MEASURES, type FairnessMeasure } from './fairness-measure.ts';
import { type GroupCells, type GroupedDecisions, type GroupRates, groupCells } from './group-rates.ts';

/** Rates of each group, and how far they are apart by every measure. */
export interface FairnessReport {
  readonly groups: readonly GroupRates[];
  /** Every measure with its interval. */
  readonly measures: readonly { readonly name: string; readonly interval: Interval }[];
}

/**
 * How groups fare under decisions, and every fairness measure with its 95 % interval. `minRows`: a group with
 * fewer rows is listed and not compared. Differences between many small groups are above 0 by chance, which
 * their intervals do not say, so read them beside the rows of the groups. No rows: no groups, all measures
 * NaN. O(rows + groups²).
 */
export function fairnessReport(decisions: GroupedDecisions, minRows?: number): FairnessReport {
  const cells = groupCells(decisions, minRows);
  const measures = FAIRNESS_MEASURES.filter(
    (measure) => decisions.target !== undefined || !measure.needsTarget,
  );
  return {
    groups: cells.ratesOf(cells.counts),
    measures: measures.map((measure) => ({ name: measure.name, interval: intervalOf(measure, cells) })),
  };
}

/** A thousandth of a row: small beside any count, and large beside what is lost of a double. */
const STEP = 1e-3;

/**
 * The interval by the infinitesimal jackknife, as for metrics. A measure depends on the rows by the counts of
 * the cells alone, so every row of a cell has the same influence: the derivative by the count of the cell,
 * here a difference quotient.
 */
function intervalOf({ of }: FairnessMeasure, { counts, ratesOf }: GroupCells): Interval {
  const estimate = of(ratesOf(counts));
  let variance = 0;
  const moved = counts.slice();
  for (const [cell, count] of counts.entries()) {
    if (count === 0) continue;
    moved[cell] = count + STEP;
    const above = of(ratesOf(moved));
    moved[cell] = count - STEP;
    variance += count * ((above - of(ratesOf(moved))) / (2 * STEP)) ** 2;
    moved[cell] = count;
  }
  const half = Z_95 * Math.sqrt(variance);
  return {
    estimate,
    low: Math.max(estimate - half, 0),
    high: Math.min(estimate + half, 1),
    level: LEVEL_DEFAULT,
  };
}
