import type { JsonText } from '../json-text.ts';

/** A blob that a row let go of. It is deleted when it has lain for a while and nothing refers to it. */
export interface ReleasedBlobTable {
  readonly hash: string;
  readonly released_at: number;
}

/**
 * A file that comes in parts: `open`, then `completed` or `aborted`. `secret_hash` is of what whoever sends
 * a part shows; `moved_at` of the last part.
 */
export interface ArtifactUploadTable {
  readonly id: string;
  readonly secret_hash: string;
  readonly path: string;
  readonly part_count: number;
  readonly state: 'open' | 'completed' | 'aborted';
  readonly moved_at: number;
}

/** One part of an open upload, numbered from 1. */
export interface ArtifactPartTable {
  readonly upload_id: string;
  readonly number: number;
  readonly blob_hash: string;
  readonly size_bytes: number;
}

/** Inputs with expectations that people keep to evaluate with. */
export interface EvaluationDatasetTable {
  readonly id: string;
  readonly name: string;
  /** Counts the changes of its records: whoever changes them names the one that was read. */
  readonly revision: number;
  /** Types of the fields that were seen: inputs, outputs, expectations. */
  readonly schema: JsonText | null;
  readonly created_at: number;
  readonly updated_at: number;
  readonly created_by: string | null;
  readonly updated_by: string | null;
}

/** What people say of such a dataset. */
export interface EvaluationDatasetTagTable {
  readonly dataset_id: string;
  readonly key: string;
  readonly value: string;
}

/** An experiment that such a dataset is for. */
export interface EvaluationDatasetExperimentTable {
  readonly dataset_id: string;
  readonly experiment_id: number;
}

/** One record: `input_hash` is that of its inputs, which there are once in a dataset. */
export interface EvaluationRecordTable {
  readonly dataset_id: string;
  readonly id: string;
  readonly input_hash: string;
  /** Inputs, outputs, expectations, tags and source. */
  readonly body: JsonText;
  readonly created_at: number;
  readonly updated_at: number;
  readonly created_by: string | null;
  readonly updated_by: string | null;
}

/** What scores answers, by name in an experiment. */
export interface ScorerTable {
  readonly experiment_id: number;
  readonly name: string;
  readonly id: string;
}

/** A version of a scorer, as its client wrote it down; nothing here carries it out. */
export interface ScorerVersionTable {
  readonly scorer_id: string;
  readonly version: number;
  readonly body: JsonText;
  readonly created_at: number;
}
