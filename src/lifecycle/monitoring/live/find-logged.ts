import { join } from 'node:path';
import { readSegments } from '../../../serve/read-segments.ts';
import { sqlName, sqlText } from '../../../table/sql-name.ts';
import { parquetRelation } from '../../../table/tables.ts';
import type { PredictionRecord } from '../../../serve/prediction-record.ts';
import type { LiveState } from './live-state.ts';
import { logParts } from './log-parts.ts';
import type { LoggedOutcome } from './outcome-log.ts';
import { partRecords } from './prediction-log.ts';
import { outcomeColumns } from './raw-values.ts';
import { segmentFolder } from './seal-segments.ts';
import type { SentOutcome } from './take-outcomes.ts';

/** A prediction of the log: one that still waits for its outcome, or what its outcome was. */
export type LoggedFound =
  | { readonly kind: 'open'; readonly record: PredictionRecord; readonly ref: undefined }
  | { readonly kind: 'settled'; readonly values: LoggedOutcome['values'] };

/**
 * Looks up what is not in memory in the sealed parts: outcomes that come again, and ones that come after
 * their prediction was given up. Rare, and one query for all that a request asks.
 */
export async function findLogged(
  state: LiveState,
  sent: readonly SentOutcome[],
): Promise<(outcome: SentOutcome) => LoggedFound | undefined> {
  const { ctx, inputs } = state;
  const of = { project: inputs.project, endpoint: inputs.endpoint };
  const ids = sent.flatMap(({ prediction }) => (prediction === undefined ? [] : [prediction]));
  const keys = sent.flatMap(({ key }) => (key === undefined ? [] : [key]));
  const found = new Map<string, LoggedFound>();
  const predictions = await logParts(ctx.db, { ...of, kind: 'predictions' });
  const records = await partRecords(
    ctx,
    predictions,
    oneOf(
      'id',
      ids,
      'key',
      keys.map((key) => JSON.stringify(key)),
    ),
  );
  for (const record of records) note(found, record.id, record.key, { kind: 'open', record, ref: undefined });
  await addOpen(state, found, new Set([...ids, ...keys.map((key) => `key ${String(key)}`)]));
  const outcomes = await logParts(ctx.db, { ...of, kind: 'outcomes' });
  const columns = outcomeColumns(inputs.data.features, inputs.key);
  if (outcomes.length > 0) {
    await using session = await ctx.tables.session();
    const files = parquetRelation(outcomes.map((part) => ctx.blobs.path(part.blob_hash)));
    const names = columns.map(({ name }) => sqlName(name)).join(', ');
    const rows = await session.rows(
      `SELECT tend_prediction, tend_key, ${names} FROM ${files}
       WHERE ${oneOf('tend_prediction', ids, 'tend_key', keys.map(String))}`,
    );
    for (const row of rows) {
      const values = Object.fromEntries(columns.map(({ name }) => [name, row[name] ?? '']));
      note(found, String(row.tend_prediction), row.tend_key ?? null, { kind: 'settled', values });
    }
  }
  return ({ prediction, key }) => found.get(prediction ?? `key ${String(key)}`);
}

/** Looks for what is still missing in the segments that are open: a prediction that was given up long before. */
async function addOpen(
  { ctx, inputs }: LiveState,
  found: Map<string, LoggedFound>,
  asked: ReadonlySet<string>,
): Promise<void> {
  if ([...asked].every((name) => found.has(name))) return;
  for await (const record of readSegments(join(segmentFolder(ctx.stateDir), inputs.endpoint))) {
    const wanted = asked.has(record.id) || (record.key !== null && asked.has(`key ${String(record.key)}`));
    if (wanted) note(found, record.id, record.key, { kind: 'open', record, ref: undefined });
  }
}

function note(found: Map<string, LoggedFound>, id: string, key: unknown, what: LoggedFound): void {
  found.set(id, what);
  if (key !== null) found.set(`key ${String(key)}`, what);
}

function oneOf(first: string, ids: readonly string[], second: string, keys: readonly string[]): string {
  const list = (column: string, values: readonly string[]): string =>
    values.length === 0 ? 'false' : `${column} IN (${values.map(sqlText).join(', ')})`;
  return `${list(first, ids)} OR ${list(second, keys)}`;
}
