import type { JsonText } from '../json-text.ts';

/** A dataset by name. */
export interface DatasetTable {
  readonly project: string;
  readonly name: string;
}

/** A version of a dataset, known by the hash of its rows and schema. */
export interface DatasetVersionTable {
  readonly id: string;
  readonly project: string;
  readonly dataset: string;
  readonly hash: string;
  readonly schema: JsonText;
  readonly row_count: number;
  readonly created_at: number;
}

/** A partition as one version of its dataset holds it; a quarantined one is kept aside with its reason. */
export interface PartitionTable {
  readonly project: string;
  readonly dataset: string;
  readonly name: string;
  readonly version_hash: string;
  readonly content_hash: string;
  readonly blob_hash: string;
  readonly row_count: number;
  readonly quarantined: number;
  readonly reason: string | null;
  readonly seq: number;
}

/** A model by name; names are unique in the server. One without a project stands alone. */
export interface ModelTable {
  readonly name: string;
  readonly project: string | null;
  readonly description: string | null;
  readonly created_at: number;
  readonly updated_at: number;
}

/** A tag of a model. */
export interface ModelTagTable {
  readonly model: string;
  readonly key: string;
  readonly value: string;
}

/** A tag of a version. */
export interface ModelVersionTagTable {
  readonly model: string;
  readonly version: number;
  readonly key: string;
  readonly value: string;
}

/**
 * A version of a model, counted from 1. `location`: where the files of one that a client registered are;
 * those of our own are the blobs.
 */
export interface ModelVersionTable {
  readonly id: string;
  readonly model: string;
  readonly version: number;
  readonly run_id: string | null;
  readonly blob_hash: string | null;
  readonly manifest_hash: string | null;
  readonly state: string;
  readonly created_at: number;
  readonly updated_at: number | null;
  readonly source: string | null;
  readonly location: string | null;
  readonly description: string | null;
  readonly stage: string | null;
  readonly user_name: string | null;
  readonly run_link: string | null;
  readonly logged_model_id: string | null;
}

/** A name that points at one version of a model and can be moved. */
export interface ModelAliasTable {
  readonly model: string;
  readonly alias: string;
  readonly version: number;
}

/** Where predictions are asked for; `generation` rises with every change of its routes. */
export interface EndpointTable {
  readonly name: string;
  readonly project: string;
  readonly generation: number;
  readonly state: string;
  /** Throttle, reason of a stop, successor; null: nothing of these. */
  readonly body: JsonText | null;
}

/** What a serving process loads, by the hash of its manifest. */
export interface ReleaseTable {
  readonly hash: string;
  readonly endpoint: string;
  readonly version: string;
  readonly manifest: JsonText;
  readonly created_at: number;
}

/** Share of an endpoint's traffic, 0 to 1, that a release gets. */
export interface RouteTable {
  readonly endpoint: string;
  readonly release_hash: string;
  readonly weight: number;
  readonly role: 'stable' | 'candidate' | 'warm';
}

/** One change of an endpoint's traffic from a release to another. */
export interface RolloutTable {
  readonly id: string;
  readonly endpoint: string;
  readonly from_release: string | null;
  readonly to_release: string;
  readonly state: string;
  readonly step: number;
  readonly counts: JsonText;
  readonly started_at: number;
  readonly updated_at: number;
  readonly body: JsonText;
}
