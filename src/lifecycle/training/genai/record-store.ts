import { type ExactObject, parseExactJson, sortedJson } from '../../../kernel/exact-json.ts';
import { TendError } from '../../../kernel/error.ts';
import { sha256 } from '../../../kernel/hash.ts';
import { insertRows, readRows, sqlText } from '../../../store/sql-text.ts';
import type { EvaluationDatasetTable, EvaluationRecordTable } from '../../../store/tables/genai-tables.ts';
import { hexId, type TrackingContext } from '../tracking/tracking-context.ts';
import { datasetEntry, readDatasetRow, USER_TAG } from './dataset-store.ts';
import type { EvaluationRecord, RecordBody, RecordInput } from './evaluation-dataset.ts';
import { extendSchema } from './record-schema.ts';

/** Ids and hashes in one `in (…)`: far below the 32,766 values that SQLite takes. */
const AT_ONCE = 500;

/**
 * Times that a change is tried again because another one came between. Each time some other one got
 * through, so that this many writers at once all do.
 */
const TRIES_MAX = 200;

/** Where a page ended. */
export interface RecordCursor {
  readonly at: number;
  readonly id: string;
}

/**
 * Puts records into a dataset, all or none. One whose inputs are there already is changed: what is said of
 * outputs, expectations and tags counts, what is not said stays. @throws NOT_FOUND
 */
export async function upsertRecords(
  ctx: TrackingContext,
  datasetId: string,
  records: readonly RecordInput[],
): Promise<{ readonly inserted: number; readonly updated: number }> {
  const hashed = records.map((record) => ({ record, hash: sha256(sortedJson(record.inputs)) }));
  return untilUndisturbed(async () => {
    const dataset = await readDatasetRow(ctx, datasetId);
    const hashes = [...new Set(hashed.map(({ hash }) => hash))];
    const rows = new Map(
      (await rowsBy(ctx, datasetId, 'input_hash', hashes)).map((row) => [row.input_hash, row]),
    );
    const now = ctx.clock.now();
    const batch = hexId(ctx.clock, ctx.random).slice(0, 24);
    let inserted = 0;
    for (const { record, hash } of hashed) {
      const row = rows.get(hash);
      if (row === undefined) inserted += 1;
      rows.set(
        hash,
        row === undefined
          ? newRow(dataset, `${batch}${order(inserted)}`, hash, record, now)
          : merged(row, record, now),
      );
    }
    const counts = { inserted, updated: records.length - inserted };
    const user = records.map(userOf).findLast((name) => name !== null) ?? null;
    await ctx.db.commit({
      statements: [
        moveOn(dataset, now, user, extendSchema(dataset.schema, records)),
        ...insertRows([...rows.values()].map(valuesOf), (values) => `${INSERT} ${values} ${REPLACE}`),
      ].map(({ query, ...rest }) => ('expect' in rest ? { query, ...rest } : { query })),
      ledger: [datasetEntry(ctx, 'changed', datasetId, counts)],
    });
    return counts;
  });
}

/** Deletes records; those that are not there count nothing. @throws NOT_FOUND for the dataset */
export async function deleteRecords(
  ctx: TrackingContext,
  datasetId: string,
  ids: readonly string[],
): Promise<number> {
  return untilUndisturbed(async () => {
    const dataset = await readDatasetRow(ctx, datasetId);
    const found = await rowsBy(ctx, datasetId, 'id', [...new Set(ids)]);
    if (found.length === 0) return 0;
    const sql = 'delete from evaluation_record where dataset_id = ? and id = ?';
    await ctx.db.commit({
      statements: [
        moveOn(dataset, ctx.clock.now(), null, dataset.schema),
        ...found.map(({ id }) => ({ query: sqlText(sql, [datasetId, id]) })),
      ],
      ledger: [datasetEntry(ctx, 'changed', datasetId, { deleted: found.length })],
    });
    return found.length;
  });
}

/** Records in the order in which they came. @throws NOT_FOUND for the dataset */
export async function readRecords(
  ctx: Pick<TrackingContext, 'db'>,
  ask: { readonly datasetId: string; readonly limit: number; readonly after: RecordCursor | undefined },
): Promise<{ readonly records: readonly EvaluationRecord[]; readonly next?: RecordCursor }> {
  const { datasetId, limit, after } = ask;
  await readDatasetRow(ctx, datasetId);
  const sql =
    'select * from evaluation_record where dataset_id = ? ' +
    `${after === undefined ? '' : 'and (created_at, id) > (?, ?) '}order by created_at, id limit ?`;
  const values = [datasetId, ...(after === undefined ? [] : [after.at, after.id]), limit + 1];
  const rows = await readRows<EvaluationRecordTable>(ctx.db, sql, values);
  const records = rows.slice(0, limit).map(recordOf);
  const last = records.at(-1);
  if (rows.length <= limit || last === undefined) return { records };
  return { records, next: { at: last.createdAt, id: last.id } };
}

const COLUMNS = 'dataset_id, id, input_hash, body, created_at, updated_at, created_by, updated_by';
const INSERT = `insert into evaluation_record (${COLUMNS}) values`;
const REPLACE =
  'on conflict (dataset_id, input_hash) do update set body = excluded.body, ' +
  'updated_at = excluded.updated_at, updated_by = excluded.updated_by';

const valuesOf = (row: EvaluationRecordTable) => [
  row.dataset_id,
  row.id,
  row.input_hash,
  row.body,
  row.created_at,
  row.updated_at,
  row.created_by,
  row.updated_by,
];

/** Takes the dataset from the revision that was read to the next; fails where another change came between. */
function moveOn(dataset: EvaluationDatasetTable, now: number, user: string | null, schema: string | null) {
  const sql =
    'update evaluation_dataset set revision = revision + 1, schema = ?, updated_at = ?, ' +
    'updated_by = coalesce(?, updated_by) where id = ? and revision = ?';
  return { query: sqlText(sql, [schema, now, user, dataset.id, dataset.revision]), expect: 1 };
}

async function untilUndisturbed<T>(work: () => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof TendError) || error.code !== 'CONFLICT' || tried >= TRIES_MAX) throw error;
    }
  }
}

async function rowsBy(
  { db }: Pick<TrackingContext, 'db'>,
  datasetId: string,
  column: 'id' | 'input_hash',
  values: readonly string[],
): Promise<readonly EvaluationRecordTable[]> {
  const found: EvaluationRecordTable[] = [];
  for (let first = 0; first < values.length; first += AT_ONCE) {
    const some = values.slice(first, first + AT_ONCE);
    const sql =
      'select * from evaluation_record where dataset_id = ? ' +
      `and ${column} in (${some.map(() => '?').join(', ')})`;
    found.push(...(await readRows<EvaluationRecordTable>(db, sql, [datasetId, ...some])));
  }
  return found;
}

/** The place in a batch, so that records are kept in the order in which they came. */
function order(place: number): string {
  return place.toString(16).padStart(8, '0');
}

function newRow(
  dataset: EvaluationDatasetTable,
  id: string,
  hash: string,
  record: RecordInput,
  now: number,
): EvaluationRecordTable {
  const body: RecordBody = {
    inputs: record.inputs,
    outputs: record.outputs === undefined ? {} : record.outputs,
    expectations: record.expectations ?? null,
    tags: record.tags ?? {},
    source: record.source ?? null,
  };
  const user = userOf(record);
  return {
    dataset_id: dataset.id,
    id: `dr-${id}`,
    input_hash: hash,
    body: JSON.stringify(body),
    created_at: now,
    updated_at: now,
    created_by: user,
    updated_by: user,
  };
}

function merged(row: EvaluationRecordTable, record: RecordInput, now: number): EvaluationRecordTable {
  const old = bodyOf(row);
  const body: RecordBody = {
    ...old,
    outputs: record.outputs === undefined ? old.outputs : record.outputs,
    expectations: both(old.expectations, record.expectations),
    tags: both(old.tags, record.tags) ?? {},
  };
  const user = userOf(record) ?? row.updated_by;
  return { ...row, body: JSON.stringify(body), updated_at: now, updated_by: user };
}

function both(old: ExactObject | null, more: ExactObject | undefined): ExactObject | null {
  return more === undefined ? old : { ...old, ...more };
}

function userOf({ tags }: RecordInput): string | null {
  const user = tags !== undefined && Object.hasOwn(tags, USER_TAG) ? tags[USER_TAG] : null;
  return typeof user === 'string' ? user : null;
}

function bodyOf({ body }: EvaluationRecordTable): RecordBody {
  return parseExactJson(body) as unknown as RecordBody;
}

function recordOf(row: EvaluationRecordTable): EvaluationRecord {
  return {
    id: row.id,
    datasetId: row.dataset_id,
    body: bodyOf(row),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    createdBy: row.created_by,
    updatedBy: row.updated_by,
  };
}
