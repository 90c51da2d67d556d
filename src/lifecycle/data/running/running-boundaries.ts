import type { KeyPart } from '../../../serve/feature-table-file.ts';
import type { TableSession } from '../../../table/tables.ts';
import type { BoundaryTable } from '../boundary-table.ts';
import type { LiveScope } from '../live-tables.ts';
import { MOMENT_COLUMN } from '../table-history.ts';
import type { TableQuery } from '../table-query.ts';
import { openHistoryRows } from './history-rows.ts';
import type { KeyLevels } from './running-keys.ts';
import type { RunningState, RunningTable } from './running-table.ts';

/** The boundaries of a table that is kept up to date row by row. */
export function runningBoundaries(
  scope: LiveScope,
  session: TableSession,
  table: TableQuery,
  running: RunningTable,
): BoundaryTable {
  const states = new Map<number, RunningState>();
  return {
    table,
    compute: async (at) => {
      const state = running.at(at);
      states.set(at, state);
      const keys = running.keys().map((part, i) => keyPart(part, state.codes[i] as Int32Array));
      return { keys, values: state.values };
    },
    store: async () => {
      const history = await openHistoryRows(scope, session, table, MOMENT_COLUMN);
      for (const [at, state] of states) await history.append(at, state);
      return await history.store(running.keys());
    },
    reset: async () => states.clear(),
  };
}

/** A part of the key as serving takes it. */
function keyPart({ kind, levels }: KeyLevels, codes: Int32Array): KeyPart {
  if (kind === 'string') return { kind: 'coded', levels: levels as readonly string[], codes };
  return { kind: 'plain', values: Array.from(codes, (code) => levels[code] ?? null) };
}
