import { jensenShannon, jensenShannonBound, jensenShannonPValue } from './jensen-shannon.ts';
import { ksBound, ksFromBins, ksPValue } from './kolmogorov-smirnov.ts';
import { psi, psiBound, psiPValue } from './psi.ts';
import { type Counts, type CountPair, countPair } from './count-pair.ts';
import { totalVariation, totalVariationBound, totalVariationPValue } from './total-variation.ts';

/** How two histograms are compared. */
export type DriftTest = 'psi' | 'ks' | 'js';

/** How far apart two histograms are, and how far they are apart by chance. */
export interface Drift {
  /** What was measured: that of the test, or total variation where `ks` meets levels without an order. */
  readonly measure: 'psi' | 'ks' | 'js' | 'tv';
  readonly effect: number;
  /** The effect that is exceeded with chance `tail` when nothing drifted, for these numbers of rows. */
  readonly bound: number;
  readonly pValue: number;
  readonly rows: number;
}

/** Chance of a single false alarm that `bound` stands for. */
const TAIL_DEFAULT = 0.05;

/**
 * Compares rows of now with those of a reference, counted in the same bins. `ordered`: bins stand in the
 * order of their values, as `ks` needs. Effect, bound and p-value are NaN when either side has no rows; a
 * constant that stays the same has effect 0, bound 0 and p-value 1.
 */
export function measureDrift(
  test: DriftTest,
  counts: { readonly reference: Counts; readonly current: Counts; readonly ordered: boolean },
  tail: number = TAIL_DEFAULT,
): Drift {
  const { reference, current, ordered } = counts;
  const pair = countPair(reference, current);
  const measure = test === 'ks' && !ordered ? 'tv' : test;
  const rows = pair.currentRows;
  if (rows === 0 || pair.referenceRows === 0) {
    return { measure, effect: Number.NaN, bound: Number.NaN, pValue: Number.NaN, rows };
  }
  const { effectOf, boundOf, pValueOf } = MEASURES[measure];
  const effect = effectOf(reference, current);
  const certain = pair.degrees === 0;
  return {
    measure,
    effect,
    bound: certain ? 0 : boundOf(pair, tail),
    pValue: certain ? 1 : pValueOf(effect, pair),
    rows,
  };
}

const MEASURES: Readonly<
  Record<
    Drift['measure'],
    {
      readonly effectOf: (reference: Counts, current: Counts) => number;
      readonly boundOf: (pair: CountPair, tail: number) => number;
      readonly pValueOf: (effect: number, pair: CountPair) => number;
    }
  >
> = {
  psi: { effectOf: psi, boundOf: psiBound, pValueOf: psiPValue },
  ks: { effectOf: ksFromBins, boundOf: ksBound, pValueOf: ksPValue },
  js: { effectOf: jensenShannon, boundOf: jensenShannonBound, pValueOf: jensenShannonPValue },
  tv: { effectOf: totalVariation, boundOf: totalVariationBound, pValueOf: totalVariationPValue },
};
