import { TendError } from '../../../kernel/error.ts';
import type { TableSession } from '../../../table/tables.ts';
import type { StageScope } from '../../stage-scope.ts';
import { type DatasetVersion, versionRelation } from '../dataset.ts';
import type { CompiledFeatures } from '../feature-definition.ts';
import type { FeaturesSpec } from '../spec.ts';
import { boundaryAt, MOMENT_COLUMN, type TableHistory } from '../table-history.ts';
import type { TableQuery } from '../table-query.ts';
import { type HistoryRows, openHistoryRows } from './history-rows.ts';
import type { RunningRows } from './running-rows.ts';
import type { RunningTable } from './running-table.ts';
import { openRunningTables, refreshOf, type RunningTables } from './running-tables.ts';

/** A table on its way through the boundaries of a span. */
interface Opened {
  readonly table: TableQuery;
  readonly running: RunningTable;
  readonly refreshMs: number;
  readonly first: number;
  readonly last: number;
  readonly rows: HistoryRows;
}

/**
 * Histories of the tables that are kept up to date row by row: every row comes and goes once, in the order of
 * arrival, so that only those of the window stand in memory.
 */
export async function runningHistories(
  scope: StageScope,
  features: CompiledFeatures,
  spec: FeaturesSpec,
  version: DatasetVersion,
  span: { readonly from: number; readonly to: number },
): Promise<readonly TableHistory[]> {
  const accepted = versionRelation(scope, version.partitions);
  if (accepted === undefined || features.tables.length === 0) return [];
  await using session = await scope.tables.session();
  const tables = await openRunningTables(session, features, { features: spec }, accepted);
  const opened = await Promise.all(tables.all.map((one) => open(scope, session, one, spec, span)));
  if (opened.length === 0) return [];
  const earliest = Math.min(...opened.map(({ first }) => first));
  const upTo = rowsUpTo(tables, accepted, earliest);
  for (let at = earliest; at <= span.to; at = Math.min(...opened.map((one) => nextBoundary(one, at)))) {
    scope.workflow.signal.throwIfAborted();
    await upTo(at);
    for (const one of opened) {
      if (at % one.refreshMs === 0 && at >= one.first) await one.rows.append(at, one.running.at(at));
    }
    const share = (at - earliest) / Math.max(1, span.to - earliest);
    scope.workflow.report({ text: 'data: feature tables', share });
  }
  const histories: TableHistory[] = [];
  for (const { table, refreshMs, first, last, rows, running } of opened) {
    const stored = await rows.store(running.keys());
    const parts = [{ blob: stored.blob, from: first, to: last }];
    histories.push({ table: table.name, refreshMs, from: first, to: last, rows: stored.rows, parts });
  }
  return histories;
}

async function open(
  scope: StageScope,
  session: TableSession,
  { table, running }: RunningTables['all'][number],
  spec: FeaturesSpec,
  span: { readonly from: number; readonly to: number },
): Promise<Opened> {
  const refreshMs = refreshOf(table, { features: spec });
  const first = boundaryAt(span.from, refreshMs);
  const last = boundaryAt(span.to, refreshMs);
  const rows = await openHistoryRows(scope, session, table, MOMENT_COLUMN);
  return { table, running, refreshMs, first, last, rows };
}

function nextBoundary({ refreshMs }: Opened, at: number): number {
  return boundaryAt(at, refreshMs) + refreshMs;
}

/** Adds the rows that have arrived by a moment, those of one call after those of the call before. */
function rowsUpTo(tables: RunningTables, relation: string, from: number): (at: number) => Promise<void> {
  const pieces = tables.read(relation, from)[Symbol.asyncIterator]();
  let read = Number.NEGATIVE_INFINITY;
  return async (at) => {
    while (read <= at * 1_000) {
      const { value, done } = await nextPiece(pieces);
      if (done === true) {
        read = Number.POSITIVE_INFINITY;
        return;
      }
      tables.add(value);
      const arrived = value[0]?.arrived;
      read = arrived?.at(-1) ?? read;
    }
  };
}

/** @throws DATA_REFUSED when the declared SQL fails on a row */
async function nextPiece(
  pieces: AsyncIterator<readonly RunningRows[]>,
): Promise<IteratorResult<readonly RunningRows[]>> {
  try {
    return await pieces.next();
  } catch (cause) {
    if (!(cause instanceof TendError) || cause.code !== 'SOURCE_UNREADABLE') throw cause;
    throw new TendError('DATA_REFUSED', `feature tables: ${cause.message}`, {
      hint: 'Correct the SQL of the table, or the rows that it cannot take.',
      cause,
    });
  }
}
