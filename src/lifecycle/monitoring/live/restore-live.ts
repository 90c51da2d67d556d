import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { PredictionRecord } from '../../../serve/prediction-record.ts';
import { tailSegments } from '../../../serve/tail-segments.ts';
import { parquetRelation } from '../../../table/tables.ts';
import { historyName, openLiveTables } from '../../data/index.ts';
import type { LifecycleContext } from '../../stage-scope.ts';
import type { Book, BookRef } from '../book/book.ts';
import type { LiveInputs } from './live-inputs.ts';
import type { LiveState } from './live-state.ts';
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
  const tables = await openLiveTables(scope, {
    data: inputs.data,
    spec: inputs.dataSpec,
    received: outcomes.map((part) => part.blob_hash),
    at: inputs.at,
    featureDir: featureFolder(ctx.stateDir),
  });
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
  for (const outcome of state.log.unsealed) {
    const found = state.pending.find(outcome.prediction);
    if (found !== undefined) settle(state, found.record, found.ref, outcome);
  }
  await flush(state);
  await missingBoundaries(state);
  state.predictions = 0;
  state.outcomes = 0;
  state.setAside.clear();
  return state;
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
    if (target === undefined) state.pending.add(record, ref);
    else if (!Number.isNaN(target)) book.outcome(ref, target);
  };
  const parts = await logParts(ctx.db, { ...of, kind: 'predictions' });
  for (const part of parts) {
    // A kill between the commit of a part and the removal of its file.
    tail.forget(part.name);
    rmSync(join(segmentFolder(ctx.stateDir), inputs.endpoint, part.name), { force: true });
    if (part.to_at >= from) (await partRecords(ctx, [part], `t >= ${from}`)).forEach(take);
  }
  await tail.next(take);
}

/** Targets of sealed outcomes by prediction; NaN for one that a rule set aside. */
async function sealedTargets(state: LiveState, from: number): Promise<ReadonlyMap<string, number>> {
  const { ctx, inputs } = state;
  const of = { project: inputs.project, endpoint: inputs.endpoint };
  const parts = await logParts(ctx.db, { ...of, kind: 'outcomes', from });
  if (parts.length === 0) return new Map();
  await using session = await ctx.tables.session();
  const files = parquetRelation(parts.map((part) => ctx.blobs.path(part.blob_hash)));
  const rows = await session.rows(`SELECT tend_prediction AS id, tend_target AS target FROM ${files}`);
  return new Map(
    rows.map((row) => [String(row.id), typeof row.target === 'number' ? row.target : Number.NaN]),
  );
}

/** Boundaries that were computed since the last seal, or never: from the end of the history to the clock. */
async function missingBoundaries(state: LiveState): Promise<void> {
  const { ctx, inputs, tables } = state;
  const { features, histories } = inputs.data;
  if (histories.length === 0) return;
  const names = histories.map(({ table }) => historyName(features, table));
  const row = await ctx.db.query
    .selectFrom('feature_history')
    .select((select) => select.fn.max('to_at').as('last'))
    .where('project', '=', inputs.project)
    .where('name', 'in', names)
    .executeTakeFirst();
  const base = Math.max(...histories.map((history) => history.to));
  const last = Math.max(base, row?.last ?? base);
  for (let at = last + tables.stepMs; at <= state.at; at += tables.stepMs) await tables.boundary(at);
}
