import type { Arena } from './arena.ts';
import { expNegative } from './exp-negative.ts';
import type { TreeKernel } from './tree-kernel.ts';

/** exp(-700) is 1e-304: beyond it nothing changes. */
const MARGIN_MAX = 700;

/**
 * The kernel in plain JavaScript: the same additions in the same order, so the same bits; 2 to 3 times
 * slower.
 */
export function jsKernel(arena: Arena): TreeKernel {
  const { u8, u32, f32, f64 } = arena;
  return {
    histogram: (bins, stride, rows, count, gradients, features, featureCount, cells) => {
      for (let i = 0; i < count; i++) {
        const row = u32[(rows >>> 2) + i] as number;
        const gradient = f32[(gradients >>> 2) + 2 * row] as number;
        const hessian = f32[(gradients >>> 2) + 2 * row + 1] as number;
        const base = bins + row * stride;
        for (let f = 0, entry = features >>> 2; f < featureCount; f++, entry += 2) {
          const bin = u8[base + (u32[entry] as number)] as number;
          const at = ((cells + (u32[entry + 1] as number)) >>> 3) + 2 * bin;
          f64[at] = (f64[at] as number) + gradient;
          f64[at + 1] = (f64[at + 1] as number) + hessian;
        }
      }
    },
    subtract: (parent, child, cellCount) => {
      for (let i = 0; i < 2 * cellCount; i++) {
        const at = (parent >>> 3) + i;
        f64[at] = (f64[at] as number) - (f64[(child >>> 3) + i] as number);
      }
    },
    partition: (column, rows, count, scratch, lastLeftBin, missingLeftBin) => {
      const start = rows >>> 2;
      const aside = scratch >>> 2;
      let left = 0;
      let right = 0;
      for (let i = 0; i < count; i++) {
        const row = u32[start + i] as number;
        const bin = u8[column + row] as number;
        if (bin <= lastLeftBin || bin === missingLeftBin) u32[start + left++] = row;
        else u32[aside + right++] = row;
      }
      u32.copyWithin(start + left, aside, aside + right);
      return left;
    },
    logistic: (scores, target, count, gradients, sums) => {
      const at = sums >>> 3;
      f64.set([1, 1, 0, 0], at);
      for (let i = 0; i < count; i++) {
        const score = f64[(scores >>> 3) + i] as number;
        const label = f64[(target >>> 3) + i] as number;
        const small = expNegative(Math.min(Math.abs(score), MARGIN_MAX));
        const inverse = 1 / (1 + small);
        const less = small * inverse;
        f32[(gradients >>> 2) + 2 * i] = (score >= 0 ? inverse : less) - label;
        f32[(gradients >>> 2) + 2 * i + 1] = less * inverse;
        const lane = at + (i & 1);
        f64[lane] = (f64[lane] as number) * (1 + small);
        f64[lane + 2] = (f64[lane + 2] as number) + (Math.max(score, 0) - label * score);
      }
    },
  };
}
