import { type AppendedColumn, appendRows } from '../../table/append-columns.ts';
import { sqlName } from '../../table/sql-name.ts';
import type { TableSession } from '../../table/tables.ts';
import type { ArrivedRows, EngineColumn } from './arrived-rows.ts';
import type { CompiledFeatures } from './feature-definition.ts';
import type { LiveCheck } from './live-checks.ts';
import { intakeSql, KNOWN_AFTER_MS, type Looked, NEW_ROWS, openLook } from './look-at-rows.ts';
import { isText, rawColumns } from './raw-values.ts';
import type { KeptRow, Received, ReceivedRow } from './received-row.ts';
import type { RunningTables } from './running/running-tables.ts';
import { ROW_COLUMN } from './source-reader.ts';

/** Takes received rows in: typed, checked, with their outcome columns. */
export interface Intake {
  /** All or none; answers row by row. A row at which the declared SQL fails is set aside alone. */
  readonly add: (rows: readonly ReceivedRow[]) => Promise<readonly Received[]>;
  /** Lets what was taken in since the last call arrive, as far as it does by `at`. */
  readonly arrive: (at: number) => Promise<void>;
  /** Every row since the last reset, those set aside too, in the order of receipt. */
  readonly kept: () => readonly KeptRow[];
  /** Forgets the rows that were kept. */
  readonly reset: () => void;
}

/** Opens the intake of the rows that `arrived` grows by. */
export async function openIntake(
  session: TableSession,
  arrived: ArrivedRows,
  tables: RunningTables,
  features: CompiledFeatures,
  checks: readonly LiveCheck[],
): Promise<Intake> {
  const { raw } = arrived;
  const columns = raw.map(
    ({ name, engineType }) => `${sqlName(name)} ${isText(engineType) ? 'VARCHAR' : 'DOUBLE'}`,
  );
  const own = ['tend_seq', 'tend_at', `"${ROW_COLUMN}"`].map((name) => `${name} DOUBLE`);
  await session.run(`CREATE TABLE ${NEW_ROWS} (${[...own, ...columns].join(', ')})`);
  const sql = await intakeSql(session, arrived, tables, features, checks);
  await arrived.follow(sql.taken);
  const look = await openLook(session, sql.look, checks, tables);
  const clear = await session.prepare(`DELETE FROM ${NEW_ROWS}`);
  const texts = raw.flatMap(({ name, engineType }, place) =>
    engineType === 'VARCHAR' ? [[name, place] as const] : [],
  );
  let kept: KeptRow[] = [];
  /** When the last of the rows that stand there arrives; undefined where none stands there. */
  let latest: number | undefined;

  return {
    add: async (rows) => {
      if (rows.length === 0) return [];
      await arrived.learn(new Map(texts.map(([name, place]) => [name, textsAt(rows, place)])));
      if (latest !== undefined) await arrived.defer();
      await clear.run({});
      latest = undefined;
      await appendRows(session, NEW_ROWS, newColumns(raw, rows));
      const { found, running } = await look(rows);
      for (const stretch of running) tables.add(stretch);
      latest = Number.NEGATIVE_INFINITY;
      return rows.map((row, i): Received => {
        const { target, rule, error, arrived: at, late } = found[i] as Looked;
        if (rule === null) latest = Math.max(latest ?? at, Number.isNaN(at) ? -Infinity : at);
        const received = { target, rule, ...(error === undefined ? {} : { error }) };
        kept.push({ row, received, known: late ? row.receivedAt + KNOWN_AFTER_MS : null });
        return received;
      });
    },
    arrive: async (at) => {
      await arrived.arrive(at, latest);
      latest = undefined;
    },
    kept: () => kept,
    reset: () => {
      kept = [];
    },
  };
}

function* textsAt(rows: readonly ReceivedRow[], place: number): Generator<string> {
  for (const { values } of rows) {
    const value = values[place];
    if (typeof value === 'string') yield value.toWellFormed();
  }
}

function newColumns(raw: readonly EngineColumn[], rows: readonly ReceivedRow[]): AppendedColumn[] {
  return [
    { name: 'tend_seq', kind: 'number', values: rows.map((_row, i) => i) },
    { name: 'tend_at', kind: 'number', values: rows.map((row) => row.receivedAt) },
    { name: ROW_COLUMN, kind: 'number', values: rows.map((row) => row.row) },
    ...rawColumns(raw, rows),
  ];
}
