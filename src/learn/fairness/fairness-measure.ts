import { TendError } from '../../kernel/error.ts';
import type { GroupRates } from './group-rates.ts';

/**
 * One number about how unlike the groups fare, known by the name that criteria use. Only judged groups
 * count, and of those only the ones where the rate is defined; with fewer than two, the measure is NaN.
 */
export interface FairnessMeasure {
  readonly name: string;
  readonly direction: 'higher' | 'lower';
  /** True: it needs the truth, not the decisions alone. */
  readonly needsTarget: boolean;
  readonly of: (rates: readonly GroupRates[]) => number;
}

/**
 * The lowest selection rate over the highest, in [0, 1]; four fifths is the customary bound (EEOC Uniform
 * Guidelines, 29 CFR 1607.4 D). Fairlearn's `demographic_parity_ratio`. NaN when no group has a selected
 * row.
 */
export const disparateImpact: FairnessMeasure = {
  name: 'disparate_impact',
  direction: 'higher',
  needsTarget: false,
  of: (rates) => {
    const { low, high } = range(rates, (group) => group.selectionRate);
    return low / high;
  },
};

/** The highest selection rate minus the lowest. Fairlearn's `demographic_parity_difference`. */
export const demographicParityDifference: FairnessMeasure = {
  name: 'demographic_parity_difference',
  direction: 'lower',
  needsTarget: false,
  of: (rates) => spread(rates, (group) => group.selectionRate),
};

/** The highest true positive rate minus the lowest. Fairlearn's `equal_opportunity_difference`. */
export const equalOpportunityDifference: FairnessMeasure = {
  name: 'equal_opportunity_difference',
  direction: 'lower',
  needsTarget: true,
  of: (rates) => spread(rates, (group) => group.truePositiveRate),
};

/**
 * The larger of the spreads of true and of false positive rates (Hardt, Price, Srebro 2016). Fairlearn's
 * `equalized_odds_difference` with `agg='worst_case'`. NaN unless both spreads are defined.
 */
export const equalizedOddsDifference: FairnessMeasure = {
  name: 'equalized_odds_difference',
  direction: 'lower',
  needsTarget: true,
  of: (rates) =>
    Math.max(
      spread(rates, (group) => group.truePositiveRate),
      spread(rates, (group) => group.falsePositiveRate),
    ),
};

/** Every measure of fairness, in the order in which a report lists them. */
export const FAIRNESS_MEASURES: readonly FairnessMeasure[] = [
  disparateImpact,
  demographicParityDifference,
  equalOpportunityDifference,
  equalizedOddsDifference,
];

/** The names that a criterion with `by` may use. */
export const FAIRNESS_MEASURE_NAMES: readonly string[] = FAIRNESS_MEASURES.map((measure) => measure.name);

/** The measure of this name. @throws INVALID_INPUT when none has it; the message lists those there are. */
export function findFairnessMeasure(name: string): FairnessMeasure {
  const measure = FAIRNESS_MEASURES.find((candidate) => candidate.name === name);
  if (measure !== undefined) return measure;
  throw new TendError('INVALID_INPUT', `no fairness measure is called \`${name}\``, {
    hint: `Use one of ${FAIRNESS_MEASURE_NAMES.join(', ')}.`,
  });
}

function spread(rates: readonly GroupRates[], rate: (group: GroupRates) => number): number {
  const { low, high } = range(rates, rate);
  return high - low;
}

function range(
  rates: readonly GroupRates[],
  rate: (group: GroupRates) => number,
): { low: number; high: number } {
  const values = rates.filter((group) => group.judged).map(rate);
  const defined = values.filter((value) => !Number.isNaN(value));
  if (defined.length < 2) return { low: Number.NaN, high: Number.NaN };
  return { low: Math.min(...defined), high: Math.max(...defined) };
}
