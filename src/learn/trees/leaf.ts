import type { Split } from './split-search.ts';

/** A leaf while its tree grows: a stretch of the row list, its sums and the best way to split it. */
export interface Leaf {
  readonly node: number;
  readonly depth: number;
  /** First of its rows in the row list, and how many. */
  readonly start: number;
  readonly count: number;
  readonly gradient: number;
  readonly hessian: number;
  /** Slot of its histogram; -1 when it has none (any more). */
  slot: number;
  split: Split | null;
  /** The split was found with counted, not estimated, rows. */
  counted: boolean;
}
