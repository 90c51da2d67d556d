import type { KeyValue } from './tracking-context.ts';

/** Where a run stands. The last three are ends. */
export const RUN_STATES = ['running', 'scheduled', 'finished', 'failed', 'killed'] as const;
export type RunState = (typeof RUN_STATES)[number];

/** Has a run in this state come to its end? */
export function isEnded(state: string): boolean {
  return state === 'finished' || state === 'failed' || state === 'killed';
}

/** One point of a metric; `value` may be NaN. `at`: milliseconds UTC. */
export interface MetricPoint {
  readonly key: string;
  readonly value: number;
  readonly at: number;
  readonly step: number;
}

/** A dataset as clients describe it. */
export interface LoggedDataset {
  readonly name: string;
  readonly digest: string;
  readonly sourceType: string;
  readonly source: string;
  readonly schema: string | null;
  readonly profile: string | null;
}

/** A dataset that a run read, with what the client says of its use. */
export interface RunDataset {
  readonly dataset: LoggedDataset;
  readonly tags: readonly KeyValue[];
}

/** A logged model that a run read or made. */
export interface RunModel {
  readonly modelId: string;
  readonly step: number;
}

/** A run without what was logged to it. */
export interface RunInfo {
  readonly id: string;
  readonly experimentId: number;
  readonly project: string | null;
  readonly name: string;
  readonly state: string;
  readonly userName: string;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  /** True too while its experiment is deleted. */
  readonly deleted: boolean;
  /** Where its artifacts are. */
  readonly artifactUri: string;
}

/** A run with everything but the history of its metrics. */
export interface Run extends RunInfo {
  readonly metrics: readonly MetricPoint[];
  readonly params: readonly KeyValue[];
  readonly tags: readonly KeyValue[];
  readonly datasets: readonly RunDataset[];
  readonly modelInputs: readonly RunModel[];
  readonly modelOutputs: readonly RunModel[];
}
