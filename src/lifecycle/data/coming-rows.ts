import { sqlTime } from '../../table/sql-name.ts';
import type { PreparedTable, TableSession } from '../../table/tables.ts';
import { ARRIVED_COLUMN } from './arrived-at.ts';
import type { CompiledFeatures } from './feature-definition.ts';
import { ROW_COLUMN } from './source-reader.ts';
import { ARRIVED_ROWS } from './table-query.ts';

/** Rows that were taken in and have not arrived by the last boundary. */
export interface ComingRows {
  /** When the next of them arrives, milliseconds UTC; Infinity where none does. */
  readonly earliest: () => number;
  /** Where rows that are taken in stand, as a relation. */
  readonly follow: (taken: string) => Promise<void>;
  /** Takes those rows over. */
  readonly put: () => Promise<void>;
  /** Adds what has arrived by `at` to the arrived rows. */
  readonly arrive: (at: number) => Promise<void>;
}

const COMING_ROWS = 'tend_coming_rows';

/** The order of arrival. */
export const ARRIVAL_ORDER = `ORDER BY ${ARRIVED_COLUMN}, "${ROW_COLUMN}"`;

/** `start`: the rows that are on their way when it is opened, as a SELECT. */
export async function openComingRows(
  session: TableSession,
  { available }: Pick<CompiledFeatures, 'available'>,
  start: string,
): Promise<ComingRows> {
  await session.run(`CREATE TABLE ${COMING_ROWS} AS ${start}`);
  const nextOne = async (): Promise<number> => {
    const [row] = await session.rows(
      `SELECT epoch_us(min(${ARRIVED_COLUMN})) / 1000.0 AS at, count(*) AS n FROM ${COMING_ROWS}`,
    );
    if (available === null && Number(row?.n) > 0) return Number.NEGATIVE_INFINITY;
    return typeof row?.at === 'number' ? row.at : Number.POSITIVE_INFINITY;
  };
  let put: PreparedTable | undefined;
  let earliest = await nextOne();
  return {
    earliest: () => earliest,
    follow: async (taken) => {
      put = await session.prepare(`INSERT INTO ${COMING_ROWS} BY NAME ${taken}`);
    },
    put: async () => {
      await put?.run({});
      earliest = await nextOne();
    },
    arrive: async (at) => {
      const come = available === null ? 'true' : `${ARRIVED_COLUMN} <= ${sqlTime(at)}`;
      const rows = `SELECT * FROM ${COMING_ROWS} WHERE ${come} ${ARRIVAL_ORDER}`;
      await session.run(`INSERT INTO ${ARRIVED_ROWS} BY NAME ${rows}`);
      await session.run(`DELETE FROM ${COMING_ROWS} WHERE ${come}`);
      earliest = await nextOne();
    },
  };
}
