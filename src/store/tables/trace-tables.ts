import type { JsonText } from '../json-text.ts';

/**
 * One trace. Until its client has said what it was (`finished` 1), times and state are those of the spans
 * that have come. `state`: MLflow's word for it.
 */
export interface TraceTable {
  readonly id: string;
  readonly experiment_id: number;
  readonly started_at: number;
  readonly ended_at: number | null;
  readonly state: string;
  readonly finished: number;
  readonly client_request_id: string | null;
  readonly request_preview: string | null;
  readonly response_preview: string | null;
}

/** A tag, which people set, or a piece of metadata, which comes with the trace. */
export interface TraceValueTable {
  readonly trace_id: string;
  readonly key: string;
  readonly value: string;
}

/** A trace that a run made or used. */
export interface TraceRunTable {
  readonly run_id: string;
  readonly trace_id: string;
}

/**
 * One span of a trace. `attributes`: an object of plain values, in which what JSON has no word for is an
 * object of one member; `body`: exact times, events, links.
 */
export interface SpanTable {
  readonly trace_id: string;
  readonly id: string;
  readonly parent_id: string | null;
  readonly name: string;
  readonly type: string;
  readonly state: string;
  readonly started_at: number;
  readonly attributes: JsonText;
  readonly body: JsonText;
}

/** What a person, a judge or a program says of a trace. `value`: for comparing, as text; `number`: as one. */
export interface AssessmentTable {
  readonly trace_id: string;
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  readonly value: string | null;
  readonly number: number | null;
  readonly overrides: string | null;
  readonly valid: number;
  readonly created_at: number;
  readonly updated_at: number;
  readonly body: JsonText;
}
