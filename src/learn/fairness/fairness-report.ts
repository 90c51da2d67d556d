import { type BootstrapOptions, bootstrap, type Interval } from '../bootstrap.ts';
import { FAIRNESS_MEASURES } from './fairness-measure.ts';
import { type GroupedDecisions, type GroupRates, groupRates } from './group-rates.ts';

/** Rates of each group, and how far they are apart by every measure. */
export interface FairnessReport {
  readonly groups: readonly GroupRates[];
  /** Every measure with its bootstrap interval. */
  readonly measures: readonly { readonly name: string; readonly interval: Interval }[];
}

/** `minRows`: a group with fewer rows is listed and not compared. */
export interface FairnessOptions extends BootstrapOptions {
  readonly minRows?: number;
}

/**
 * How groups fare under decisions, and every fairness measure with its interval. Differences between many
 * small groups are above 0 by chance: their intervals then lie above 0 as well, so read them beside the
 * rows of the groups. No rows: no groups, all measures NaN. Time: O(resamples × rows) for each measure.
 */
export function fairnessReport(decisions: GroupedDecisions, options: FairnessOptions): FairnessReport {
  const ratesOf = groupRates(decisions, options.minRows);
  const measures = FAIRNESS_MEASURES.filter(
    (measure) => decisions.target !== undefined || !measure.needsTarget,
  );
  const intervals = bootstrap(
    decisions.selected.length,
    measures.map((measure) => (weights) => measure.of(ratesOf(weights))),
    options,
  );
  return {
    groups: ratesOf(),
    measures: measures.map(({ name }, i) => ({ name, interval: intervals[i]! })),
  };
}
