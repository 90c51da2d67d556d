import type { ExactJson, ExactObject } from '../../../kernel/exact-json.ts';
import type { KeyValue } from '../tracking/tracking-context.ts';

/** Inputs with expectations that people keep to evaluate with. */
export interface EvaluationDataset {
  readonly id: string;
  readonly name: string;
  /** Changes with the records. */
  readonly digest: string;
  readonly schema: string | null;
  readonly recordCount: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly createdBy: string | null;
  readonly updatedBy: string | null;
  readonly tags: readonly KeyValue[];
  readonly experimentIds: readonly number[];
}

/** Where a record came from, by one of the kinds that clients know. */
export interface RecordSource {
  readonly source_type: 'UNSPECIFIED' | 'TRACE' | 'HUMAN' | 'DOCUMENT' | 'CODE';
  readonly source_data: ExactObject;
}

/** What a client sends of a record; undefined where it says nothing. */
export interface RecordInput {
  readonly inputs: ExactObject;
  readonly outputs: ExactJson | undefined;
  readonly expectations: ExactObject | undefined;
  readonly tags: ExactObject | undefined;
  readonly source: RecordSource | undefined;
}

/** What is kept of a record, as JSON. */
export interface RecordBody {
  readonly inputs: ExactObject;
  readonly outputs: ExactJson;
  readonly expectations: ExactObject | null;
  readonly tags: ExactObject;
  readonly source: RecordSource | null;
}

/** A record of a dataset. Its inputs are in no other record of it. */
export interface EvaluationRecord {
  readonly id: string;
  readonly datasetId: string;
  readonly body: RecordBody;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly createdBy: string | null;
  readonly updatedBy: string | null;
}
