import type { Json, JsonObject } from '../../../kernel/json.ts';
import type { Evidence } from '../../../store/evidence.ts';
import type { PartitionTable } from '../../../store/tables/model-tables.ts';

/** Everything recorded from which the sheet of one dataset version is filled. */
export interface SheetFacts {
  readonly project: string;
  readonly dataset: string;
  readonly hash: string;
  readonly rows: number;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly createdAt: number;
  /** In their order. */
  readonly partitions: readonly Pick<
    PartitionTable,
    'name' | 'content_hash' | 'blob_hash' | 'row_count' | 'quarantined' | 'reason'
  >[];
  /** All versions, oldest first. */
  readonly versions: readonly {
    readonly hash: string;
    readonly rows: number;
    readonly createdAt: number;
  }[];
  readonly owner: string | null;
  /** Parts of tend.yaml as it is declared now. */
  readonly declared: {
    readonly source: JsonObject | null;
    readonly contract: readonly Json[];
    readonly decommissioning: JsonObject | null;
  };
  /** About the version, its partitions and the features made of it; oldest first. */
  readonly evidence: readonly Evidence[];
  /** Model versions that were trained on it. */
  readonly trained: readonly { readonly model: string; readonly version: number; readonly run: string }[];
  /** Sealed logs of outcomes that were received for the project. */
  readonly received: { readonly parts: number; readonly rows: number };
}
