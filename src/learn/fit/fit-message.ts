import type { ErrorCode, FieldError } from '../../kernel/error.ts';
import type { FeatureMatrix } from '../matrix.ts';
import type { Trial } from '../search/trial.ts';
import type { WasmMemory } from '../trees/arena.ts';
import type { BinMap } from '../trees/bin-map.ts';
import type { DataLayout } from '../trees/training-layout.ts';
import type { FitProgress, FitResult } from './fit-result.ts';

/** What a worker is started with. Everything large is shared memory. */
export interface FitWorkerData {
  readonly memory: WasmMemory;
  readonly layout: DataLayout;
  /** Address from which this worker may use the memory. */
  readonly workStart: number;
  readonly matrix: FeatureMatrix;
  readonly validation: FeatureMatrix | null;
  /** Bins of a feature at most. */
  readonly bins: number;
}

/** What the pool asks of a worker, one at a time. */
export type FitRequest =
  /** Bin these columns, both for training and validation. */
  | { readonly kind: 'bin'; readonly features: readonly number[] }
  /** All columns are binned, like this. */
  | { readonly kind: 'binned'; readonly map: BinMap }
  | { readonly kind: 'fit'; readonly trial: Trial; readonly seed: number };

/** What a worker says: its answer, or progress on the way to it. */
export type FitReply =
  | { readonly kind: 'binned'; readonly features: readonly number[]; readonly edges: readonly Float32Array[] }
  | { readonly kind: 'progress'; readonly progress: FitProgress }
  | { readonly kind: 'fitted'; readonly result: FitResult }
  | {
      readonly kind: 'failed';
      readonly code: ErrorCode;
      readonly message: string;
      readonly fields: readonly FieldError[];
    };
