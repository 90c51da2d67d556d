import { basename } from 'node:path';
import type { Json, JsonObject } from '../../../kernel/json.ts';
import { parsePredictionRecord, type PredictionRecord } from '../../../serve/prediction-record.ts';
import { segmentFiles, readSegment } from '../../../serve/read-segments.ts';
import { sqlText, sqlTime } from '../../../table/sql-name.ts';
import { parquetRelation, type TableRow } from '../../../table/tables.ts';
import type { LifecycleContext } from '../../stage-scope.ts';
import type { Settled } from './live-state.ts';
import { type LogPart, logParts } from './log-parts.ts';
import { segmentFolder } from './seal-segments.ts';

type Context = Pick<LifecycleContext, 'db' | 'tables' | 'blobs' | 'stateDir'>;

/** The outcome of a prediction as it was taken in. Times are milliseconds UTC. */
export interface LoggedOutcomeRow {
  /** What was predicted, as the target column says it; null where a rule set the row aside. */
  readonly target: number | null;
  readonly rule: string | null;
  /** Position in the dataset. */
  readonly row: number;
  readonly receivedAt: number;
  /** Null while it is not sealed. */
  readonly part: { readonly id: string; readonly blob: string } | null;
}

/** A prediction as it was logged, and where it lies. */
export interface LoggedPrediction {
  readonly record: PredictionRecord;
  readonly project: string;
  /** The sealed part that holds it, or the segment file that is still written to. */
  readonly place:
    | { readonly kind: 'part'; readonly id: string; readonly blob: string; readonly digest: string }
    | { readonly kind: 'segment'; readonly file: string };
  readonly outcome: LoggedOutcomeRow | null;
}

/** Finds a prediction by id, in sealed parts and open segments; undefined when there is none. */
export async function findPrediction(ctx: Context, id: string): Promise<LoggedPrediction | undefined> {
  // A segment is sealed before it goes: what is in neither at first is in a part by now.
  return (await inParts(ctx, id)) ?? (await inSegments(ctx, id)) ?? inParts(ctx, id);
}

async function inParts(ctx: Context, id: string): Promise<LoggedPrediction | undefined> {
  for (const part of await logParts(ctx.db, { kind: 'predictions', id })) {
    const [record] = await partRecords(ctx, [part], `id = ${sqlText(id)}`);
    if (record === undefined) continue;
    const place = { kind: 'part' as const, id: part.id, blob: part.blob_hash, digest: part.blob_hash };
    return { record, project: part.project, place, outcome: await findOutcome(ctx, id) };
  }
  return undefined;
}

/** An outcome that was taken in and is not sealed; its target is known from the next boundary on. */
export function unsealedOutcome({ outcome, row, received }: Settled): LoggedOutcomeRow {
  const target = received === null || Number.isNaN(received.target) ? null : received.target;
  const { receivedAt } = outcome;
  return { target, rule: received?.rule ?? null, row, receivedAt, part: null };
}

/** The outcome of a prediction among sealed ones, or null. */
export async function findOutcome(ctx: Context, id: string): Promise<LoggedOutcomeRow | null> {
  for (const part of await logParts(ctx.db, { kind: 'outcomes', id })) {
    await using session = await ctx.tables.session();
    const [row] = await session.rows(
      `SELECT tend_target, tend_rule, "row", epoch_ms(tend_received) AS received
       FROM ${parquetRelation([ctx.blobs.path(part.blob_hash)])} WHERE tend_prediction = ${sqlText(id)}`,
    );
    if (row !== undefined) return outcomeRow(row, part);
  }
  return null;
}

function outcomeRow(
  row: TableRow,
  part: { readonly id: string; readonly blob_hash: string },
): LoggedOutcomeRow {
  return {
    target: typeof row.tend_target === 'number' ? row.tend_target : null,
    rule: row.tend_rule === null ? null : String(row.tend_rule),
    row: Number(row.row),
    receivedAt: Number(row.received),
    part: { id: part.id, blob: part.blob_hash },
  };
}

/** Looks through segments that are still open: at most one for each worker, 64 MB each. */
async function inSegments(ctx: Context, id: string): Promise<LoggedPrediction | undefined> {
  for (const file of await segmentFiles(segmentFolder(ctx.stateDir))) {
    for await (const record of readSegment(file)) {
      if (record.id !== id) continue;
      const owner = await ctx.db.query
        .selectFrom('endpoint')
        .select('project')
        .where('name', '=', record.endpoint)
        .executeTakeFirst();
      const place = { kind: 'segment' as const, file: basename(file) };
      return { record, project: owner?.project ?? '', place, outcome: await findOutcome(ctx, id) };
    }
  }
  return undefined;
}

/** Records of sealed parts that meet an SQL condition, in the order of their ids. */
export async function partRecords(
  ctx: Pick<Context, 'tables' | 'blobs'>,
  parts: readonly Pick<LogPart, 'blob_hash'>[],
  condition: string,
  limit?: number,
): Promise<PredictionRecord[]> {
  if (parts.length === 0) return [];
  await using session = await ctx.tables.session();
  const files = parquetRelation(parts.map((part) => ctx.blobs.path(part.blob_hash)));
  const rows = await session.rows(
    `SELECT * FROM ${files} WHERE ${condition} ORDER BY id${limit === undefined ? '' : ` LIMIT ${limit}`}`,
  );
  return rows.flatMap((row) => recordOfRow(row) ?? []);
}

/** A row of a part as the record that it was. */
export function recordOfRow(row: TableRow): PredictionRecord | undefined {
  const json = (text: unknown): Json => (typeof text === 'string' ? (JSON.parse(text) as Json) : null);
  const whole: JsonObject = {
    ...row,
    key: json(row.key),
    fields: json(row.fields),
    features: json(row.features),
  };
  return parsePredictionRecord(JSON.stringify(whole));
}

/** Predictions of a release, as many as asked for and there are, spread over its time. */
export async function sampleLogged(
  ctx: Context,
  of: {
    readonly project: string;
    readonly endpoint: string;
    readonly release: string;
    readonly limit: number;
  },
): Promise<readonly PredictionRecord[]> {
  const { endpoint, release, limit } = of;
  const parts = await logParts(ctx.db, { kind: 'predictions', endpoint });
  const sampled: PredictionRecord[] = [];
  const condition = `release = ${sqlText(release)} AND NOT error`;
  for (const part of parts) sampled.push(...(await partRecords(ctx, [part], condition, limit)));
  for (const file of await segmentFiles(`${segmentFolder(ctx.stateDir)}/${endpoint}`)) {
    let taken = 0;
    for await (const record of readSegment(file)) {
      if (record.release !== release || record.error) continue;
      sampled.push(record);
      if (++taken >= limit) break;
    }
  }
  const step = Math.max(1, sampled.length / limit);
  return Array.from(
    { length: Math.min(limit, sampled.length) },
    (_, i) => sampled[Math.floor(i * step)] as PredictionRecord,
  );
}

/** Runs a query over the sealed outcomes of a window of event time; undefined while there are none. */
export async function outcomeRelation(
  ctx: Pick<Context, 'db' | 'blobs'>,
  of: {
    readonly project: string;
    readonly endpoint: string;
    readonly from: number;
    readonly to: number;
    readonly release?: string;
  },
): Promise<string | undefined> {
  const parts = await logParts(ctx.db, { kind: 'outcomes', project: of.project, endpoint: of.endpoint });
  if (parts.length === 0) return undefined;
  const files = parquetRelation(parts.map((part) => ctx.blobs.path(part.blob_hash)));
  const release = of.release === undefined ? '' : ` AND tend_release = ${sqlText(of.release)}`;
  const within = `tend_t >= ${sqlTime(of.from)} AND tend_t < ${sqlTime(of.to)}`;
  return `(SELECT * FROM ${files} WHERE ${within}${release})`;
}
