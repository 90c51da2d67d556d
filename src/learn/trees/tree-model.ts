import type { Objective } from '../target.ts';

/** One binary decision tree as arrays by node; node 0 is the root. */
export interface Tree {
  /** Index into the model's features; -1 marks a leaf. */
  readonly feature: Int32Array;
  /** `x <= threshold` goes left. Both are float32. 0 at a leaf. */
  readonly threshold: Float32Array;
  /** 1: a missing value (NaN) goes left. */
  readonly missingLeft: Uint8Array;
  /** Node numbers; -1 at a leaf. */
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** What a leaf adds to the margin, learning rate included; 0 inside. */
  readonly value: Float64Array;
  /** Training rows that passed the node (those sampled for this tree). */
  readonly cover: Float64Array;
}

/** A sum of trees: margin = base + the leaf values. For `binary` the margin is log-odds. */
export interface TreeModel {
  readonly kind: 'trees';
  readonly objective: Objective;
  readonly base: number;
  readonly features: readonly string[];
  readonly trees: readonly Tree[];
}

/** One boosting round. Loss is mean log loss (nats) for `binary`, mean squared error for `regression`. */
export interface TreeIteration {
  /** Trees so far; the first round is 1. */
  readonly iteration: number;
  readonly train: number;
  /** null without validation rows. */
  readonly validation: number | null;
}

/** A trained model with its learning curve. `model` holds the first `bestIteration` trees. */
export interface TreeFit {
  readonly model: TreeModel;
  readonly history: readonly TreeIteration[];
  readonly bestIteration: number;
}
