import type { Arena } from './arena.ts';

/** The inner loops of training, over addresses (bytes) in one arena. */
export interface TreeKernel {
  /** For each listed row adds its gradient pair (two f32) to one cell (two f64) of every listed feature. */
  readonly histogram: (
    bins: number,
    stride: number,
    rows: number,
    count: number,
    gradients: number,
    features: number,
    featureCount: number,
    cells: number,
  ) => void;
  /** `parent -= child` over `cellCount` cells. */
  readonly subtract: (parent: number, child: number, cellCount: number) => void;
  /**
   * Stable partition of the rows at `rows` by their bin in a column at `column`; returns how many went left.
   */
  readonly partition: (
    column: number,
    rows: number,
    count: number,
    scratch: number,
    lastLeftBin: number,
    missingLeftBin: number,
  ) => number;
  /**
   * Derivatives of log loss of `count` rows (even), as f32 pairs. Four f64 at `sums`: the products of
   * 1 + exp(-|s|) over even and over odd rows, then the sums of max(s, 0) - y s over both.
   */
  readonly logistic: (scores: number, target: number, count: number, gradients: number, sums: number) => void;
}

/** A kernel bound to an arena. */
export type KernelFactory = (arena: Arena) => TreeKernel;
