import type { Criterion } from '../../problem/index.ts';
import type { DataOutputs, DataSpec } from '../../data/index.ts';

/** What a project declares and has come to, as far as watching it takes. */
export interface LiveInputs {
  readonly project: string;
  readonly owner: string;
  readonly kind: 'classification' | 'regression';
  readonly endpoint: string;
  readonly dataSpec: DataSpec;
  readonly data: DataOutputs;
  readonly criteria: readonly Criterion[];
  readonly slices: readonly string[];
  /** Raw field or identifier by which outcomes may refer to predictions; null: by id alone. */
  readonly key: string | null;
  /** How long an outcome is awaited, milliseconds. */
  readonly withinMs: number;
  /** How drift is looked for; null: it is not. */
  readonly drift: {
    readonly test: 'psi' | 'ks' | 'js';
    readonly alert_at: number;
    readonly over?: string;
  } | null;
  /** The project clock, milliseconds UTC. */
  readonly at: number;
  /** True for a clock that is moved by a replay; false for wall time. */
  readonly replay: boolean;
  /** Changes with everything above but the clock: a project that says something else is opened anew. */
  readonly hash: string;
}
