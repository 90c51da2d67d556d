import { numberSource } from '../../../kernel/exact-json.ts';
import type {
  EvaluationDataset,
  EvaluationRecord,
} from '../../../lifecycle/training/genai/evaluation-dataset.ts';

/** A dataset as clients read it. */
export function datasetJson(dataset: EvaluationDataset): object {
  return {
    dataset_id: dataset.id,
    name: dataset.name,
    tags: JSON.stringify(Object.fromEntries(dataset.tags.map(({ key, value }) => [key, value]))),
    schema: dataset.schema,
    profile: dataset.recordCount === 0 ? null : JSON.stringify({ num_records: dataset.recordCount }),
    digest: dataset.digest,
    created_time: dataset.createdAt,
    last_update_time: dataset.updatedAt,
    created_by: dataset.createdBy,
    last_updated_by: dataset.updatedBy,
    experiment_ids: dataset.experimentIds.map(String),
  };
}

/** Records as the text in which clients read them: what they logged is JSON and may hold nulls. */
export function recordsText(records: readonly EvaluationRecord[]): string {
  return JSON.stringify(records.map(recordJson));
}

function recordJson(record: EvaluationRecord): object {
  const { inputs, outputs, expectations, tags, source } = record.body;
  const { source_type: type, source_data: data = {} } = source ?? {};
  const from = type === 'TRACE' ? data['trace_id'] : data['source_id'];
  const id = typeof from === 'string' ? from : numberSource(from);
  return {
    dataset_record_id: record.id,
    dataset_id: record.datasetId,
    inputs,
    ...(outputs === null ? {} : { outputs }),
    ...(expectations === null ? {} : { expectations }),
    tags,
    ...(source === null ? {} : { source, source_type: type }),
    ...(id === undefined ? {} : { source_id: id }),
    created_time: record.createdAt,
    last_update_time: record.updatedAt,
    ...(record.createdBy === null ? {} : { created_by: record.createdBy }),
    ...(record.updatedBy === null ? {} : { last_updated_by: record.updatedBy }),
  };
}
