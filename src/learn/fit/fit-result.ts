import type { LinearModel } from '../linear/linear-model.ts';
import type { Trial } from '../search/trial.ts';
import type { TreeIteration, TreeModel } from '../trees/tree-model.ts';

/** What a trial came to. */
export interface FitResult {
  readonly trial: Trial;
  readonly model: TreeModel | LinearModel;
  /** The learning curve; a linear model has one entry, of its final losses. */
  readonly history: readonly TreeIteration[];
  /** Trees kept; 1 for a linear model. */
  readonly bestIteration: number;
  /** Mean loss on the validation rows (log loss or squared error); null without them. */
  readonly validationLoss: number | null;
  /** Margins of the validation rows, length of their number. */
  readonly validationMargins: Float64Array;
}

/** One boosting round of one trial, while it runs. */
export interface FitProgress extends TreeIteration {
  readonly trial: number;
  /** Rounds of this trial at most. */
  readonly rounds: number;
}
