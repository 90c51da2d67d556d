import { join } from 'node:path';
import { readSegments } from '../../../serve/read-segments.ts';
import { sqlText } from '../../../table/sql-name.ts';
import { parquetRelation } from '../../../table/tables.ts';
import type { PredictionRecord } from '../../../serve/prediction-record.ts';
import type { LiveState } from './live-state.ts';
import { logParts } from './log-parts.ts';
import type { LoggedOutcome } from './outcome-log.ts';
import { partRecords } from './prediction-log.ts';
import { segmentFolder } from './seal-segments.ts';
import type { SentOutcome } from './take-outcomes.ts';

/** A prediction of the log: one that still waits for its outcome, or what its outcome was. */
export type LoggedFound =
  | { readonly kind: 'open'; readonly record: PredictionRecord; readonly ref: undefined }
  | { readonly kind: 'settled'; readonly values: LoggedOutcome['values'] };

/**
 * Looks up what is not in memory: outcomes that come again, and ones that come after their prediction was
 * given up. First in the segments that are still open, where something was given up, then in the sealed
 * parts: one is sealed before it goes. Rare, and one query for all that a request asks.
 */
export async function findLogged(
  state: LiveState,
  sent: readonly SentOutcome[],
): Promise<(outcome: SentOutcome) => LoggedFound | undefined> {
  const { ctx, inputs } = state;
  const of = { project: inputs.project, endpoint: inputs.endpoint };
  const ids = sent.flatMap(({ prediction }) => (prediction === undefined ? [] : [prediction]));
  const keys = sent.flatMap(({ key }) => (key === undefined ? [] : [key]));
  const found = new Found();
  if (!state.pending.whole) {
    const asked = new Set<string | number>([...ids, ...keys]);
    for await (const record of readSegments(join(segmentFolder(ctx.stateDir), inputs.endpoint))) {
      const wanted = asked.has(record.id) || (record.key !== null && asked.has(record.key));
      if (wanted) found.note(record.id, record.key, { kind: 'open', record, ref: undefined });
    }
  }
  const texts = keys.map((key) => JSON.stringify(key));
  const predictions = await logParts(ctx.db, { ...of, kind: 'predictions' });
  for (const record of await partRecords(ctx, predictions, oneOf('id', ids, 'key', texts))) {
    found.note(record.id, record.key, { kind: 'open', record, ref: undefined });
  }
  const outcomes = await logParts(ctx.db, { ...of, kind: 'outcomes' });
  if (outcomes.length > 0) {
    await using session = await ctx.tables.session();
    const files = parquetRelation(outcomes.map((part) => ctx.blobs.path(part.blob_hash)));
    const rows = await session.rows(
      `SELECT tend_prediction, tend_key, tend_outcome FROM ${files}
       WHERE ${oneOf('tend_prediction', ids, 'tend_key', keys.map(String))}`,
    );
    for (const row of rows) {
      const { values } = JSON.parse(String(row.tend_outcome)) as Pick<LoggedOutcome, 'values'>;
      found.note(String(row.tend_prediction), row.tend_key ?? null, { kind: 'settled', values });
    }
  }
  return ({ prediction, key }) =>
    prediction === undefined ? found.ofKey(key ?? '') : found.ofId(prediction);
}

/**
 * What was found, by prediction and by key: of one key the latest prediction, of one prediction its outcome.
 */
class Found {
  readonly #ids = new Map<string, LoggedFound>();
  readonly #keys = new Map<string, string>();

  note(id: string, key: string | number | boolean | null, what: LoggedFound): void {
    this.#ids.set(id, what);
    if (key !== null && (this.#keys.get(String(key)) ?? '') <= id) this.#keys.set(String(key), id);
  }

  ofId(id: string): LoggedFound | undefined {
    return this.#ids.get(id);
  }

  ofKey(key: string | number): LoggedFound | undefined {
    return this.#ids.get(this.#keys.get(String(key)) ?? '');
  }
}

function oneOf(first: string, ids: readonly string[], second: string, keys: readonly string[]): string {
  // An SQL text ends at a NUL.
  const quoted = (value: string): string =>
    value.toWellFormed().split('\0').map(sqlText).join(' || chr(0) || ');
  const list = (column: string, values: readonly string[]): string =>
    values.length === 0 ? 'false' : `${column} IN (${values.map(quoted).join(', ')})`;
  return `${list(first, ids)} OR ${list(second, keys)}`;
}
