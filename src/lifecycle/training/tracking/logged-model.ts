import type { MetricPoint } from './run.ts';
import type { KeyValue } from './tracking-context.ts';

/** How far the upload of a logged model has come. */
export type LoggedModelState = 'pending' | 'ready' | 'failed';

/** A model that a client logged. */
export interface LoggedModel {
  readonly id: string;
  readonly experimentId: number;
  readonly name: string;
  readonly modelType: string | null;
  readonly sourceRunId: string | null;
  readonly state: string;
  readonly message: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly artifactUri: string;
  readonly params: readonly KeyValue[];
  readonly tags: readonly KeyValue[];
  readonly metrics: readonly (MetricPoint & {
    readonly runId: string;
    readonly datasetName: string;
    readonly datasetDigest: string;
  })[];
}
