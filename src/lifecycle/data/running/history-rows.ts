import { sqlName } from '../../../table/sql-name.ts';
import type { TableSession } from '../../../table/tables.ts';
import { appendColumns, appendNumbers } from '../../../table/append-columns.ts';
import { storeRows } from '../ingest-partition.ts';
import type { StageScope } from '../../stage-scope.ts';
import type { TableQuery } from '../table-query.ts';
import type { KeyLevels } from './running-keys.ts';
import type { RunningState } from './running-table.ts';

/** Boundaries of a running table on their way into a history. */
export interface HistoryRows {
  readonly append: (at: number, state: RunningState) => Promise<void>;
  /** Puts them into one Parquet blob in the order of moment and key. */
  readonly store: (keys: readonly KeyLevels[]) => Promise<{ readonly blob: string; readonly rows: number }>;
}

/** Opens a history in a session of its own or one that no other writes to. */
export async function openHistoryRows(
  scope: Pick<StageScope, 'stateDir' | 'random' | 'blobs'>,
  session: TableSession,
  table: Pick<TableQuery, 'name' | 'key' | 'columns'>,
  momentColumn: string,
): Promise<HistoryRows> {
  const name = sqlName(`tend_running_${table.name}`);
  const numbers = ['moment', ...table.key.map((_, i) => `k${i}`), ...table.columns.map((_, i) => `v${i}`)];
  await session.run(`CREATE OR REPLACE TABLE ${name} (${numbers.map((one) => `${one} DOUBLE`).join(', ')})`);
  let rows = 0;
  return {
    append: async (at, state) => {
      rows += state.rows;
      const moment = new Float64Array(state.rows).fill(at);
      await appendNumbers(session, `tend_running_${table.name}`, [moment, ...state.codes, ...state.values]);
    },
    store: async (keys) => {
      const joins: string[] = [];
      const parts: string[] = [];
      for (const [part, { kind, levels }] of keys.entries()) {
        const texts = `tend_levels_${part}`;
        await appendColumns(session, texts, [
          { name: 'code', kind: 'number', values: levels.map((_, code) => code) },
          { name: 'level', kind: kind === 'string' ? 'text' : 'number', values: levels },
        ]);
        joins.push(`JOIN ${texts} l${part} ON l${part}.code = h.k${part}`);
        parts.push(`l${part}.level`);
      }
      const list = [
        `make_timestamp((h.moment * 1000)::BIGINT) AS ${momentColumn}`,
        ...table.key.map((key, part) => `${parts[part]} AS ${sqlName(key)}`),
        ...table.columns.map(
          (column, i) => `CASE WHEN NOT isnan(h.v${i}) THEN h.v${i} END AS ${sqlName(column)}`,
        ),
      ];
      const order = ['h.moment', ...parts].join(', ');
      const blob = await storeRows(
        scope,
        session,
        `SELECT ${list.join(', ')} FROM ${name} h ${joins.join(' ')} ORDER BY ${order}`,
      );
      await session.run(`DROP TABLE ${name}`);
      return { blob, rows };
    },
  };
}
