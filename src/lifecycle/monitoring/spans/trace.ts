import type { KeyValue } from '../../training/index.ts';
import type { Assessment } from './assessment.ts';

/** How a trace ended, in the words of those who ask for it. */
export type TraceState = 'STATE_UNSPECIFIED' | 'OK' | 'ERROR' | 'IN_PROGRESS';

/** What is known of a trace beside its spans. Times are milliseconds. */
export interface TraceInfo {
  readonly id: string;
  readonly experimentId: number;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly state: TraceState;
  readonly clientRequestId: string | null;
  readonly requestPreview: string | null;
  readonly responsePreview: string | null;
  readonly metadata: readonly KeyValue[];
  readonly tags: readonly KeyValue[];
}

/** The same with what was said of it. */
export interface Trace extends TraceInfo {
  readonly assessments: readonly Assessment[];
}

/** Where files of a trace go. */
export const ARTIFACT_LOCATION_TAG = 'mlflow.artifactLocation';
/** Tells clients that the spans are here, so that they send no file of them. */
export const SPANS_LOCATION_TAG = 'mlflow.trace.spansLocation';
export const NAME_TAG = 'mlflow.traceName';
/** The versions of prompts that a trace used: a list in JSON. */
export const PROMPTS_TAG = 'mlflow.linkedPrompts';
/** The run in which a trace was made. */
export const RUN_METADATA = 'mlflow.sourceRun';
