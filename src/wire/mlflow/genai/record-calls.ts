import {
  deleteRecords,
  readRecords,
  type RecordCursor,
  upsertRecords,
} from '../../../lifecycle/training/genai/record-store.ts';
import { int64, list, text } from '../codec/field.ts';
import { jsonText } from '../codec/json-text.ts';
import { message, required } from '../codec/message.ts';
import { pageLimit, pageToken, readPageToken } from '../page-token.ts';
import { type AnyRpc, rpc } from '../rpc.ts';
import { KEY_CHARS_MAX } from '../tracking/keys.ts';
import { recordsText } from './dataset-json.ts';
import { recordInputs } from './record-fields.ts';

const ROOT = '/mlflow/datasets/{dataset_id}/records';
const PAGE_USUAL = 1_000;
const PAGE_MAX = 50_000;

/** Clients send a whole table at once. Reading this takes a second. */
const RECORDS_BYTES_MAX = 20_000_000;

const id = required(text(KEY_CHARS_MAX));
const write = { since: '3.0', permission: 'model.write' } as const;

/** Records of datasets to evaluate with. */
export const recordCalls: readonly AnyRpc[] = [
  rpc({
    ...write,
    method: 'POST',
    path: ROOT,
    bodyBytesMax: RECORDS_BYTES_MAX,
    input: message({ dataset_id: id, records: required(jsonText(RECORDS_BYTES_MAX)) }),
    handler: async (ctx, input) => {
      const counts = await upsertRecords(ctx, input.dataset_id, recordInputs(input.records));
      return { inserted_count: counts.inserted, updated_count: counts.updated };
    },
  }),
  rpc({
    method: 'GET',
    since: '3.0',
    permission: 'model.read',
    path: ROOT,
    input: message({ dataset_id: id, max_results: int64(), page_token: text() }),
    handler: async (ctx, input) => {
      const { records, next } = await readRecords(ctx, {
        datasetId: input.dataset_id,
        limit: pageLimit(input.max_results, PAGE_USUAL, PAGE_MAX),
        after: readPageToken<RecordCursor>(input.page_token, { at: 'integer', id: 'text' }),
      });
      return { records: recordsText(records), next_page_token: pageToken(next) };
    },
  }),
  rpc({
    ...write,
    method: 'DELETE',
    path: ROOT,
    input: message({ dataset_id: id, dataset_record_ids: list(text(KEY_CHARS_MAX), 5_000) }),
    handler: async (ctx, input) => ({
      deleted_count: await deleteRecords(ctx, input.dataset_id, input.dataset_record_ids),
    }),
  }),
];
