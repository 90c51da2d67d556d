import type { JudgedCriterion } from '../../kernel/figure.ts';
import type { DataOutputs, SplitSpec } from '../data/index.ts';
import type { Criterion } from '../problem/index.ts';
import type { TrainingOutputs } from '../training/index.ts';
import type { BaselineSpec } from './baseline.ts';

/** What evaluation takes: parts of the document, and what data and training handed on. */
export interface EvaluationInputs {
  readonly kind: 'classification' | 'regression';
  readonly criteria: readonly Criterion[];
  readonly baseline: BaselineSpec;
  readonly slices: readonly string[];
  readonly compareChampion: boolean;
  readonly split: SplitSpec;
  readonly seed: number;
  readonly data: DataOutputs;
  readonly training: TrainingOutputs;
}

/** What evaluation hands on: the figures that later criteria lean on, and how each criterion came out. */
export type EvaluationOutputs = {
  readonly criteria: readonly JudgedCriterion[];
  /** Value of each measured metric on the test rows. */
  readonly test: Readonly<Record<string, number | null>>;
};
