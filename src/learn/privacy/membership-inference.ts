import { type BootstrapOptions, bootstrap, type Interval } from '../bootstrap.ts';
import { type Statistic, type Weights, meanStatistic } from '../metrics/metric.ts';
import { type Ranking, rankingOf } from '../metrics/ranking.ts';
import { rocAuc } from '../metrics/roc-auc.ts';
import { seededRandom } from '../random.ts';
import { sampleRows } from '../sample-rows.ts';

/**
 * Where a leak begins to matter. Measured on three public data sets, half the rows held out: linear models
 * and forests with 20 rows in a leaf stay below AUC 0.55; boosting of 1,000 rows comes to 0.68; forests
 * grown to single rows, which do remember them, to between 0.63 and 0.81.
 */
export const MEMBERSHIP_AUC_WARN = 0.6;
export const MEMBERSHIP_AUC_FAIL = 0.7;

/** The false positive rate at which an attack must be sure of whom it names (Carlini et al. 2022). */
const SURE_FALSE_POSITIVE_RATE = 0.01;

/**
 * Rows of each side that are attacked, drawn at random when there are more: the AUC is then known to ±
 * 0.006, far finer than the bounds above, in under a second.
 */
export const MEMBERSHIP_ROWS_MAX = 20_000;

/** How well losses alone tell the rows that a model was trained on from rows that it has not seen. */
export interface MembershipReport {
  /** Rows of each side that were looked at. */
  readonly trainRows: number;
  readonly heldOutRows: number;
  /** The chance that a training row has the smaller loss; 0.5 is none better than guessing. */
  readonly auc: Interval;
  /**
   * The best TPR - FPR of any threshold, 0 to 1. Above 0 by chance: about 1 / √rows with nothing leaked.
   */
  readonly advantage: Interval;
  /** The best TPR of a threshold whose FPR is at most 1 %. Without a leak about 0.01. */
  readonly truePositiveRateAtOnePercent: Interval;
  /** Mean held-out loss minus mean training loss, in the loss's unit; above 0 is overfitting. */
  readonly trainTestGap: Interval;
}

/**
 * The threshold attack on membership (Yeom et al. 2018): whoever knows a row and its loss guesses that it
 * was trained on when the loss is small. `trainLoss` and `heldOutLoss` hold the loss of each row
 * (`logLosses`, `squaredErrors`), without NaN; held-out rows should be drawn like the training rows, or the
 * attack sees the shift instead. Rows with equal losses fall on the same side of a threshold. All NaN
 * without rows on either side.
 */
export function membershipInference(
  trainLoss: Float64Array,
  heldOutLoss: Float64Array,
  options: BootstrapOptions,
): MembershipReport {
  const random = seededRandom(options.seed);
  const trained = sampleRows(trainLoss.length, MEMBERSHIP_ROWS_MAX, random);
  const unseen = sampleRows(heldOutLoss.length, MEMBERSHIP_ROWS_MAX, random);
  const rows = trained.length + unseen.length;
  const member = new Float64Array(rows).fill(1, 0, trained.length);
  const score = new Float64Array(rows);
  for (let i = 0; i < trained.length; i++) score[i] = -trainLoss[trained[i]!]!;
  for (let i = 0; i < unseen.length; i++) score[trained.length + i] = -heldOutLoss[unseen[i]!]!;
  const ranking = rankingOf(member, score);
  const best = (of: (tpr: number, fpr: number) => number): Statistic => {
    return (weights) => bestThreshold(ranking, weights, of);
  };
  const statistics = [
    rocAuc.prepare(member, score),
    best((tpr, fpr) => tpr - fpr),
    best((tpr, fpr) => (fpr <= SURE_FALSE_POSITIVE_RATE ? tpr : 0)),
    gapStatistic(member, score),
  ];
  const [auc, advantage, truePositiveRateAtOnePercent, trainTestGap] = bootstrap(rows, statistics, options);
  return {
    trainRows: trained.length,
    heldOutRows: unseen.length,
    auc: auc!,
    advantage: advantage!,
    truePositiveRateAtOnePercent: truePositiveRateAtOnePercent!,
    trainTestGap: trainTestGap!,
  };
}

/** The largest `of(TPR, FPR)` over the distinct scores as thresholds, at least 0 (naming nobody). */
function bestThreshold(
  { order, positive, runEnd }: Ranking,
  weights: Weights | undefined,
  of: (tpr: number, fpr: number) => number,
): number {
  let members = 0;
  let others = 0;
  for (let i = 0; i < order.length; i++) {
    const weight = weights === undefined ? 1 : weights[order[i]!]!;
    members += weight * positive[i]!;
    others += weight * (1 - positive[i]!);
  }
  if (members === 0 || others === 0) return Number.NaN;
  let best = 0;
  let named = 0;
  let wronglyNamed = 0;
  for (let i = order.length - 1; i >= 0; i--) {
    const weight = weights === undefined ? 1 : weights[order[i]!]!;
    named += weight * positive[i]!;
    wronglyNamed += weight * (1 - positive[i]!);
    if (i > 0 && runEnd[i - 1] === 0) continue;
    const value = of(named / members, wronglyNamed / others);
    if (value > best) best = value;
  }
  return best;
}

/** Mean score of members minus that of the others. */
function gapStatistic(member: Float64Array, score: Float64Array): Statistic {
  const share = meanStatistic(member);
  const ofMembers = meanStatistic(score.map((value, i) => value * member[i]!));
  const ofOthers = meanStatistic(score.map((value, i) => value * (1 - member[i]!)));
  return (weights) => {
    const members = share(weights);
    return ofMembers(weights) / members - ofOthers(weights) / (1 - members);
  };
}
