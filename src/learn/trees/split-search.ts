import type { GrowContext } from './grow-context.ts';

/** The best way to split one leaf. Sums are over the rows that go left. */
export interface Split {
  /** Twice the second-order estimate of how much the loss falls. Positive. */
  readonly gain: number;
  readonly feature: number;
  /** Bins up to this one go left. */
  readonly bin: number;
  readonly missingLeft: boolean;
  readonly leftGradient: number;
  readonly leftHessian: number;
}

/** What is known of a leaf before it is searched. */
export interface LeafSums {
  readonly count: number;
  readonly gradient: number;
  readonly hessian: number;
}

/** Below this share of a leaf's hessian a missing bin holds only what subtraction left over. */
const RESIDUE = 1e-12;

/** -G / (H + l2) with |G| lowered by l1 (XGBoost, Chen and Guestrin 2016, equation 5; l1 as in its code). */
export function leafWeight(gradient: number, hessian: number, l1: number, l2: number): number {
  const shrunk = Math.max(0, Math.abs(gradient) - l1);
  const denominator = hessian + l2;
  return denominator > 0 ? (-Math.sign(gradient) * shrunk) / denominator : 0;
}

/** G^2 / (H + l2): what a leaf's best weight takes off the loss, times two (equation 6, without gamma). */
function leafGain(gradient: number, hessian: number, l1: number, l2: number): number {
  const shrunk = Math.max(0, Math.abs(gradient) - l1);
  const denominator = hessian + l2;
  return denominator > 0 ? (shrunk * shrunk) / denominator : 0;
}

/**
 * The split of greatest gain over the listed features, null when none is allowed. Ties go to the feature
 * listed first, then to missing going right, then to the lowest bin.
 *
 * Rows on each side are estimated from their hessians, as LightGBM does, unless `counts` holds the leaf's
 * rows in each cell; for squared error the estimate is exact.
 */
export function findSplit(
  ctx: GrowContext,
  features: Uint32Array,
  histogram: Float64Array,
  leaf: LeafSums,
  counts: Uint32Array | null,
): Split | null {
  const parentGain = leafGain(leaf.gradient, leaf.hessian, ctx.params.l1, ctx.params.l2);
  const search: Search = {
    ...leaf,
    ctx,
    histogram,
    counts,
    best: parentGain + ctx.params.gainMin,
    split: null,
  };
  for (const feature of features) {
    const offset = ctx.work.cellOffsets[feature] as number;
    const bins = (ctx.map.edges[feature] as Float32Array).length;
    const missing = offset + bins;
    const hasMissing =
      counts === null
        ? (histogram[2 * missing + 1] as number) > RESIDUE * leaf.hessian
        : (counts[missing] as number) > 0;
    const better = scan(search, feature, hasMissing ? bins : bins - 1, false);
    if (better && !hasMissing) sendMissingToMore(search);
    if (hasMissing) scan(search, feature, bins - 1, true);
  }
  if (search.split === null) return null;
  return { ...search.split, gain: search.best - parentGain };
}

type Candidate = Omit<Split, 'gain'>;

interface Search extends LeafSums {
  readonly ctx: GrowContext;
  readonly histogram: Float64Array;
  readonly counts: Uint32Array | null;
  best: number;
  split: Candidate | null;
}

/** No row of the leaf tells where missing values belong: they go with the greater part of the leaf. */
function sendMissingToMore(search: Search): void {
  if (search.split === null) return;
  const missingLeft = search.split.leftHessian >= search.hessian - search.split.leftHessian;
  search.split = { ...search.split, missingLeft };
}

/**
 * Tries every bin below `end` of one feature as the last that goes left, missing rows on the given side.
 * Tells whether one was better.
 */
function scan(search: Search, feature: number, end: number, missingLeft: boolean): boolean {
  const { ctx, histogram, counts, count, gradient, hessian } = search;
  const { l1, l2, rowsPerLeafMin, hessianPerLeafMin } = ctx.params;
  const offset = ctx.work.cellOffsets[feature] as number;
  const missing = offset + (ctx.map.edges[feature] as Float32Array).length;
  const rowsPerHessian = hessian > 0 ? count / hessian : 0;
  let leftGradient = missingLeft ? (histogram[2 * missing] as number) : 0;
  let leftHessian = missingLeft ? (histogram[2 * missing + 1] as number) : 0;
  let leftCount = missingLeft && counts !== null ? (counts[missing] as number) : 0;
  let best = search.best;
  let bestBin = -1;
  let bestGradient = 0;
  let bestHessian = 0;
  for (let bin = 0, at = offset; bin < end; bin++, at++) {
    leftGradient += histogram[2 * at] as number;
    leftHessian += histogram[2 * at + 1] as number;
    if (counts === null) leftCount = Math.floor(leftHessian * rowsPerHessian + 0.5);
    else leftCount += counts[at] as number;
    if (leftCount < rowsPerLeafMin || leftHessian < hessianPerLeafMin) continue;
    const rightHessian = hessian - leftHessian;
    if (count - leftCount < rowsPerLeafMin || rightHessian < hessianPerLeafMin) break;
    const gain =
      leafGain(leftGradient, leftHessian, l1, l2) + leafGain(gradient - leftGradient, rightHessian, l1, l2);
    if (gain > best) {
      best = gain;
      bestBin = bin;
      bestGradient = leftGradient;
      bestHessian = leftHessian;
    }
  }
  if (bestBin < 0) return false;
  search.best = best;
  search.split = { feature, bin: bestBin, missingLeft, leftGradient: bestGradient, leftHessian: bestHessian };
  return true;
}
