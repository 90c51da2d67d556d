import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { PredictionRecord } from '../../../serve/prediction-record.ts';
import { tailSegments } from '../../../serve/tail-segments.ts';
import { sqlTime } from '../../../table/sql-name.ts';
import { parquetRelation } from '../../../table/tables.ts';
import { historyName, openLiveTables } from '../../data/index.ts';
import type { LifecycleContext } from '../../stage-scope.ts';
import type { Book, BookRef } from '../book/book.ts';
import type { LiveInputs } from './live-inputs.ts';
import type { LiveState } from './live-state.ts';
import { findLogged } from './find-logged.ts';
import { logParts } from './log-parts.ts';
import { flush } from './move-clock.ts';
import { openOutcomeLog } from './outcome-log.ts';
import { PendingPredictions } from './pending-predictions.ts';
import { partRecords } from './prediction-log.ts';
import { segmentFolder } from './seal-segments.ts';
import { settle } from './take-outcomes.ts';

/** Folder of feature tables for serving. */
function featureFolder(stateDir: string): string {
  return join(stateDir, 'features');
}

/**
 * The state of a project as its logs say it: predictions that wait, outcomes that are not sealed, the
 * monitors' windows, the feature tables up to the project clock. A day of 16,000 flights takes about a
 * second.
 */
export async function restoreLive(ctx: LifecycleContext, inputs: LiveInputs, book: Book): Promise<LiveState> {
  const of = { project: inputs.project, endpoint: inputs.endpoint };
  const outcomes = await logParts(ctx.db, { ...of, kind: 'outcomes' });
  const sealed = new Set(outcomes.map((part) => part.name));
  const scope = { ...ctx, project: inputs.project };
  const last = await lastBoundary(ctx, inputs);
  const tables = await openLiveTables(scope, {
    data: inputs.data,
    spec: inputs.dataSpec,
    received: outcomes.map((part) => part.blob_hash),
    at: Math.min(inputs.at, last ?? inputs.at),
    featureDir: featureFolder(ctx.stateDir),
  });
  try {
    const state: LiveState = {
      ctx,
      inputs,
      book,
      tables,
      tail: tailSegments(segmentFolder(ctx.stateDir), inputs.endpoint),
      log: openOutcomeLog(join(ctx.stateDir, 'outcomes'), inputs.endpoint, sealed),
      pending: new PendingPredictions<BookRef>(),
      settled: new Map(),
      settledKeys: new Map(),
      buffer: [],
      setAside: new Map(),
      predictions: 0,
      outcomes: 0,
      sealFailure: undefined,
      rows: outcomes.reduce((sum, part) => sum + part.row_count, 0),
      at: inputs.at,
    };
    await readLogs(state);
    await takeUnsealed(state);
    await missingBoundaries(state, last);
    return state;
  } catch (error) {
    await tables[Symbol.asyncDispose]();
    throw error;
  }
}

/**
 * Takes in what was received since the last seal. What came before the clock moved last was told at its
 * boundary; the rest waits for the next one, as it did.
 */
async function takeUnsealed(state: LiveState): Promise<void> {
  const { unsealed } = state.log;
  const absent = unsealed.filter(({ prediction }) => state.pending.find(prediction) === undefined);
  const sent = absent.map(({ prediction, values }) => ({ prediction, value: values }));
  const logged = sent.length === 0 ? undefined : await findLogged(state, sent);
  for (const outcome of unsealed) {
    const { prediction } = outcome;
    if (state.settled.has(prediction)) continue;
    const found = state.pending.find(prediction) ?? logged?.({ prediction, value: null });
    if (found !== undefined && 'record' in found) settle(state, found.record, found.ref, outcome);
  }
  const waiting = state.buffer.filter(({ row }) => row.receivedAt >= state.at);
  state.buffer = state.buffer.filter(({ row }) => row.receivedAt < state.at);
  await flush(state);
  state.setAside.clear();
  state.buffer = waiting;
  state.predictions = 0;
  state.outcomes = waiting.length;
}

/** Predictions of late, from sealed parts and open segments, each with its outcome where that is sealed. */
async function readLogs(state: LiveState): Promise<void> {
  const { ctx, inputs, book, tail } = state;
  const of = { project: inputs.project, endpoint: inputs.endpoint };
  const from = state.at - book.keepMs;
  const targets = await sealedTargets(state, from);
  const take = (record: PredictionRecord): void => {
    // Whether an older one has its outcome is not loaded; an outcome that comes for it is looked up.
    if (record.t < from) return;
    const ref = book.add(record);
    const target = targets.get(record.id);
    if (target === undefined) return state.pending.add(record, ref);
    state.pending.passSettled(record);
    if (!Number.isNaN(target)) book.outcome(ref, target);
  };
  const parts = await logParts(ctx.db, { ...of, kind: 'predictions' });
  for (const part of parts) {
    // A kill between the commit of a part and the removal of its file.
    tail.forget(part.name);
    rmSync(join(segmentFolder(ctx.stateDir), inputs.endpoint, part.name), { force: true });
    if (part.to_at >= from) (await partRecords(ctx, [part], `t >= ${from}`)).forEach(take);
  }
  // One file may reach back for months of a replay; nothing says here what came of the predictions before
  // `from`.
  await tail.next((record) => (record.t >= from ? take(record) : state.pending.passOld()));
}

/**
 * Targets of sealed outcomes by prediction, of predictions from an event time on; NaN for one that a rule
 * set aside.
 */
async function sealedTargets(state: LiveState, from: number): Promise<ReadonlyMap<string, number>> {
  const { ctx, inputs } = state;
  const of = { project: inputs.project, endpoint: inputs.endpoint };
  // A part is bounded by receipt. Where clocks differ, an outcome may come before the event time of its
  // prediction.
  const parts = await logParts(ctx.db, { ...of, kind: 'outcomes' });
  if (parts.length === 0) return new Map();
  await using session = await ctx.tables.session();
  const files = parquetRelation(parts.map((part) => ctx.blobs.path(part.blob_hash)));
  const rows = await session.rows(
    `SELECT tend_prediction AS id, tend_target AS target FROM ${files} WHERE tend_t >= ${sqlTime(from)}`,
  );
  return new Map(
    rows.map((row) => [String(row.id), typeof row.target === 'number' ? row.target : Number.NaN]),
  );
}

/** The newest boundary that is sealed; undefined for a project without feature tables. */
async function lastBoundary(
  ctx: Pick<LifecycleContext, 'db'>,
  { project, data }: LiveInputs,
): Promise<number | undefined> {
  const { features, histories } = data;
  if (histories.length === 0) return undefined;
  const names = histories.map(({ table }) => historyName(features, table));
  const row = await ctx.db.query
    .selectFrom('feature_history')
    .select((select) => select.fn.max('to_at').as('last'))
    .where('project', '=', project)
    .where('name', 'in', names)
    .executeTakeFirst();
  const base = Math.max(...histories.map((history) => history.to));
  return Math.max(base, row?.last ?? base);
}

/** Computes the boundaries since the last seal, or those that never were, up to the clock. */
async function missingBoundaries({ tables, at: clock }: LiveState, last: number | undefined): Promise<void> {
  if (last === undefined) return;
  for (let at = tables.next(last); at <= clock; at = tables.next(at)) await tables.boundary(at);
}
