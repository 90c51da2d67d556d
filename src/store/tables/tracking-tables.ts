import type { JsonText } from '../json-text.ts';

/**
 * A named series of runs. That of a project has its name in `project`; the others stand alone. The runs of a
 * deleted one count as deleted without being touched, so that restoring it restores just what was there.
 */
export interface ExperimentTable {
  readonly id: number;
  readonly name: string;
  readonly project: string | null;
  readonly artifact_location: string;
  readonly created_at: number;
  readonly updated_at: number;
  readonly deleted_at: number | null;
}

/** What people say of an experiment. */
export interface ExperimentTagTable {
  readonly experiment_id: number;
  readonly key: string;
  readonly value: string;
}

/**
 * One run, whoever made it. `params`, `tags`, `inputs`, `outputs` are the typed record that Tend's own
 * training keeps, empty for the runs of others; what clients log, and what is searched, are the rows below.
 */
export interface RunTable {
  readonly id: string;
  readonly experiment_id: number;
  readonly project: string | null;
  readonly name: string;
  readonly state: string;
  readonly started_at: number | null;
  readonly ended_at: number | null;
  readonly deleted_at: number | null;
  readonly user_name: string;
  readonly params: JsonText;
  readonly tags: JsonText;
  readonly inputs: JsonText;
  readonly outputs: JsonText;
  /** Digest of the run's measurements, set by the ledger entry that closes it. */
  readonly digest: string | null;
}

/** One point of a metric; one that is not a number has `nan` 1 and `value` 0. */
export interface RunMetricTable {
  readonly run_id: string;
  readonly key: string;
  readonly at: number;
  readonly step: number;
  readonly value: number;
  readonly nan: number;
}

/** The newest point of a metric (by step, then time, then value), and its extremes over all points. */
export interface RunLatestTable {
  readonly run_id: string;
  readonly key: string;
  readonly experiment_id: number;
  readonly at: number;
  readonly step: number;
  readonly value: number;
  readonly nan: number;
  readonly min: number | null;
  readonly max: number | null;
}

/** A parameter or a tag of a run. */
export interface RunValueTable {
  readonly run_id: string;
  readonly key: string;
  readonly experiment_id: number;
  readonly value: string;
}

/** A dataset as clients describe it, by the hash of experiment, name and digest. */
export interface LoggedDatasetTable {
  readonly id: string;
  readonly experiment_id: number;
  readonly name: string;
  readonly digest: string;
  readonly source_type: string;
  readonly source: string;
  readonly schema: string | null;
  readonly profile: string | null;
}

/** A dataset that a run read; `context`: training, evaluation or whatever the client says. */
export interface RunInputTable {
  readonly run_id: string;
  readonly dataset_id: string;
  readonly context: string | null;
  readonly tags: JsonText;
  readonly created_at: number;
}

/** A logged model that a run read or made. */
export interface RunModelTable {
  readonly run_id: string;
  readonly role: 'input' | 'output';
  readonly model_id: string;
  readonly step: number;
  readonly created_at: number;
}

/** A model that a client logged, before anybody registers it. */
export interface LoggedModelTable {
  readonly id: string;
  readonly experiment_id: number;
  readonly name: string;
  readonly model_type: string | null;
  readonly source_run_id: string | null;
  readonly state: string;
  readonly message: string | null;
  readonly created_at: number;
  readonly updated_at: number;
  readonly deleted_at: number | null;
}

/** A parameter or a tag of a logged model. */
export interface LoggedModelValueTable {
  readonly model_id: string;
  readonly key: string;
  readonly value: string;
}

/** The newest value of a metric that a run measured on a logged model; empty names: on no named dataset. */
export interface LoggedModelMetricTable {
  readonly model_id: string;
  readonly key: string;
  readonly dataset_name: string;
  readonly dataset_digest: string;
  readonly run_id: string;
  readonly at: number;
  readonly step: number;
  readonly value: number;
  readonly nan: number;
}

/** A file (`blob_hash`) or a folder (none) of the artifacts; `parent` is the path of its folder. */
export interface ArtifactTable {
  readonly parent: string;
  readonly name: string;
  readonly blob_hash: string | null;
  readonly size_bytes: number | null;
  readonly created_at: number;
}
