import type { KeyValue } from './tracking-context.ts';

/** A named series of runs. */
export interface Experiment {
  readonly id: number;
  readonly name: string;
  /** The project whose series it is; null: it stands alone. */
  readonly project: string | null;
  readonly artifactLocation: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly deletedAt: number | null;
  readonly tags: readonly KeyValue[];
}
