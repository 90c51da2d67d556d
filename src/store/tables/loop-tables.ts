import type { JsonText } from '../json-text.ts';

/**
 * A sealed part of a live log, a Parquet blob. `kind`: predictions or outcomes; `name`: what it was made
 * of, unique in its kind; `from_at` and `to_at` (inclusive) bound the event times, `id_min` and `id_max` the
 * predictions.
 */
export interface LogPartTable {
  readonly id: string;
  readonly project: string;
  readonly endpoint: string;
  readonly kind: 'predictions' | 'outcomes';
  readonly name: string;
  readonly from_at: number;
  readonly to_at: number;
  readonly id_min: string;
  readonly id_max: string;
  readonly row_count: number;
  readonly blob_hash: string;
  readonly created_at: number;
}

/** A feature table at the refresh boundaries from `from_at` to `to_at`, both included, as it was served. */
export interface FeatureHistoryTable {
  readonly project: string;
  readonly name: string;
  readonly from_at: number;
  readonly to_at: number;
  readonly refresh_ms: number;
  readonly row_count: number;
  readonly blob_hash: string;
  readonly created_at: number;
}

/**
 * What one monitor saw in one window of the project clock. `monitor`: `drift`, `drift:<feature>`,
 * `criterion:<id>`, `requests`, `outcomes`; `value` is its leading figure with a 95 % interval.
 */
export interface MonitorWindowTable {
  readonly project: string;
  readonly monitor: string;
  readonly from_at: number;
  readonly to_at: number;
  readonly verdict: 'pass' | 'fail' | 'open';
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly bound: number | null;
  readonly body: JsonText;
  readonly created_at: number;
}

/** Something that went wrong, once for each cause while it is open. Times `opened_at`, `last_at`,
 * `resolved_at` are of the project clock. `evidence`: ids, oldest first. */
export interface IncidentTable {
  readonly id: string;
  readonly project: string;
  readonly cause: string;
  readonly severity: 'info' | 'warning' | 'critical';
  readonly state: 'open' | 'acknowledged' | 'resolved';
  readonly owner: string;
  readonly title: string;
  readonly what_to_do: string;
  readonly seen: number;
  readonly evidence: JsonText;
  readonly body: JsonText;
  readonly opened_at: number;
  readonly last_at: number;
  readonly resolved_at: number | null;
  readonly resolved_by: string | null;
  readonly resolution: string | null;
  readonly created_at: number;
  readonly updated_at: number;
}

/** What an incident set off, or would have; `due_at`: until then a person may veto it. */
export interface ActionTable {
  readonly id: string;
  readonly project: string;
  readonly incident_id: string;
  readonly kind: 'alert' | 'retrain' | 'roll_back' | 'fall_back' | 'throttle' | 'stop';
  readonly state: 'waiting' | 'done' | 'dry-run' | 'vetoed' | 'limited' | 'failed';
  readonly at: number;
  readonly due_at: number | null;
  readonly body: JsonText;
  readonly decided_by: string | null;
  readonly created_at: number;
  readonly updated_at: number;
}

/** Who is told of events; `secret` signs what is sent. */
export interface WebhookTable {
  readonly id: string;
  readonly project: string | null;
  readonly url: string;
  readonly events: JsonText;
  readonly secret: string;
  readonly state: 'active' | 'paused';
  readonly created_at: number;
  /** What it is sent: MLflow's payloads and headers; null for ours. */
  readonly format: 'mlflow' | null;
  readonly name: string | null;
  readonly description: string | null;
  readonly updated_at: number | null;
}

/** One event on its way to one receiver. */
export interface WebhookDeliveryTable {
  readonly id: string;
  readonly webhook_id: string;
  readonly event: string;
  readonly state: 'waiting' | 'delivered' | 'given-up';
  readonly attempts: number;
  readonly next_at: number | null;
  readonly last_status: number | null;
  readonly last_error: string | null;
  readonly body: JsonText;
  readonly created_at: number;
  readonly updated_at: number;
}

/**
 * One retraining: a candidate for each declared window. `at` is of the project clock; `effect` is measured
 * after a promotion.
 */
export interface RetrainingTable {
  readonly id: string;
  readonly project: string;
  readonly execution_id: string | null;
  readonly trigger: string;
  readonly incident_id: string | null;
  readonly at: number;
  readonly state: 'running' | 'refused' | 'promoted' | 'kept' | 'rolled-back' | 'failed';
  readonly reason: string;
  readonly champion: number | null;
  readonly promoted: number | null;
  readonly effect: JsonText | null;
  readonly body: JsonText;
  readonly created_at: number;
  readonly updated_at: number;
}

/** A version on its way to an endpoint. */
export interface CandidateTable {
  readonly id: string;
  readonly project: string;
  readonly retraining_id: string;
  readonly window: string;
  readonly model: string;
  readonly version: number | null;
  readonly release_hash: string | null;
  readonly state: 'training' | 'judged' | 'canary' | 'promoted' | 'refused' | 'rolled-back' | 'failed';
  readonly reason: string;
  readonly evidence: JsonText;
  readonly body: JsonText;
  readonly at: number;
  readonly created_at: number;
  readonly updated_at: number;
}

/** What was put away for good; the blob is one file that restores without anything else. */
export interface ArchiveTable {
  readonly id: string;
  readonly project: string;
  readonly kind: 'version' | 'endpoint' | 'project';
  readonly subject: string;
  readonly blob_hash: string;
  readonly size_bytes: number;
  readonly manifest: JsonText;
  readonly created_at: number;
}

/** What answers in the place of something retired. `certificate` is the id of the evidence of its exit. */
export interface TombstoneTable {
  readonly kind: 'version' | 'endpoint' | 'project';
  readonly name: string;
  readonly project: string;
  readonly successor: string | null;
  readonly certificate: string;
  readonly archive_id: string | null;
  readonly at: number;
}
