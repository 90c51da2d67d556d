import type { ReleaseKey } from '../../decide/release.ts';
import type { Trial } from '../../learn/search/trial.ts';
import type { DataOutputs, SplitBounds, SplitSpec } from '../data/index.ts';
import type { TrainingSpec } from './spec.ts';

/** What training takes: parts of the document, and what the data stage handed on. */
export interface TrainingInputs {
  readonly training: TrainingSpec;
  readonly split: SplitSpec;
  readonly kind: 'classification' | 'regression';
  readonly data: DataOutputs;
  readonly specHash: string;
  /** What the release calls its data: hash of the examples' dataset version. */
  readonly dataHash: string;
  /** The business key by which outcomes may be told; the release takes it along. None if absent. */
  readonly key?: ReleaseKey | null;
  /** Where the parts begin and end, in place of what `split` comes to at the project clock. */
  readonly bounds?: SplitBounds | null;
  /** The one configuration to train, in place of a search. */
  readonly trial?: Trial;
}

/** What training hands on: the model, and the data it may be judged on. */
export type TrainingOutputs = {
  readonly runId: string;
  readonly model: string;
  readonly version: number;
  /** The served file (ONNX), the native model with leaf counts, and the release manifest, as blobs. */
  readonly modelBlob: string;
  readonly nativeBlob: string;
  readonly manifestBlob: string;
  readonly bounds: SplitBounds | null;
  /** Examples that the model was made of, by position of the row in the source: counts only. */
  readonly rows: { readonly train: number; readonly validation: number; readonly test: number };
};
