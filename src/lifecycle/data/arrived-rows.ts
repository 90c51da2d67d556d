import { sqlTime } from '../../table/sql-name.ts';
import type { TableSession } from '../../table/tables.ts';
import { ARRIVED_COLUMN, arrivedAt } from './arrived-at.ts';
import type { CompiledFeatures } from './feature-definition.ts';
import { openDictionary } from './key-dictionary.ts';
import { lookBackMs } from './look-back.ts';
import { KNOWN_COLUMN, ROW_COLUMN } from './source-reader.ts';
import { ARRIVED_ROWS, withOutcome } from './table-query.ts';

/** A raw column as the engine stores it. */
export interface EngineColumn {
  readonly name: string;
  readonly engineType: string;
}

/** The rows that feature tables are computed from, growing with what is received. */
export interface ArrivedRows {
  /** Raw columns of the source but the position, in its order. */
  readonly raw: readonly EngineColumn[];
  readonly rowType: string;
  /** Takes in the rows of a relation that has every column of the outcome, `row` and `tend_known`. */
  readonly insert: (relation: string) => Promise<void>;
  /** Makes room for texts of the keys, by column. */
  readonly learn: (texts: ReadonlyMap<string, Iterable<string>>) => Promise<void>;
  /**
   * Adds what was taken in and has arrived by `at`, in the order of arrival: sums of fractions depend on it,
   * and a version read from the start has that order.
   */
  readonly arrive: (at: number) => Promise<void>;
  /** Forgets rows that no table reads at `at` or later, and lays the rest down anew. */
  readonly prune: (at: number) => Promise<void>;
  /** Grows when the table was laid down anew: what was prepared on it has to be prepared again. */
  readonly generation: () => number;
}

/** Rows that were taken in and have not arrived by the last boundary. */
const COMING_ROWS = 'tend_coming_rows';

/** Rows are kept a day longer than the tables look back: boundaries are computed for the day that is open. */
const MARGIN_MS = 86_400_000;

/**
 * Loads the rows of `start` into the table of arrived rows, in the order of arrival. Text columns of keys are
 * laid down as dictionary codes (half the time for each boundary); a text that is not in the dictionary lays
 * the table down anew, which takes about 0.1 s for a week of flights.
 */
export async function openArrivedRows(
  session: TableSession,
  features: CompiledFeatures,
  start: string,
  at: number,
): Promise<ArrivedRows> {
  const described = await session.rows(`DESCRIBE SELECT * FROM ${start}`);
  const typed = described.map((row) => ({
    name: String(row.column_name),
    engineType: String(row.column_type),
  }));
  const raw = typed.filter(({ name }) => name !== ROW_COLUMN && name !== KNOWN_COLUMN);
  const rowType = typed.find(({ name }) => name === ROW_COLUMN)?.engineType ?? 'BIGINT';
  const dictionary = await openDictionary(session, textKeys(features, raw), start);
  const lookBack = await longestLookBack(session, features);
  const arrived = arrivedAt(features.available) ?? 'NULL::TIMESTAMP';
  let generation = 0;

  const layDown = async (relation: string, now: number): Promise<void> => {
    generation++;
    const coded = await dictionary.codes(generation);
    const replaced = coded.length === 0 ? '' : `REPLACE (${coded.join(', ')})`;
    const oldest = now - lookBack;
    const kept = Number.isFinite(oldest) ? `WHERE ${ARRIVED_COLUMN} > ${sqlTime(oldest)}` : '';
    await session.run(
      `CREATE OR REPLACE TABLE tend_laid AS
       SELECT * ${replaced} FROM ${relation} ${kept} ORDER BY ${ARRIVED_COLUMN}, "${ROW_COLUMN}"`,
    );
    await session.run(`DROP TABLE IF EXISTS ${ARRIVED_ROWS}`);
    await session.run(`ALTER TABLE tend_laid RENAME TO ${ARRIVED_ROWS}`);
    await dictionary.drop(generation - 1);
  };

  const withTarget = await withOutcome(session, features.source, start, features.outcomeSql);
  const laid = `(SELECT *, ${arrived} AS ${ARRIVED_COLUMN} FROM ${withTarget})`;
  const later = features.available === null ? 'false' : `${ARRIVED_COLUMN} > ${sqlTime(at)}`;
  await layDown(`(SELECT * FROM ${laid} WHERE (${later}) IS NOT true)`, at);
  await session.run(`CREATE TABLE ${COMING_ROWS} AS SELECT * FROM ${laid} WHERE ${later}`);
  const order = `ORDER BY ${ARRIVED_COLUMN}, "${ROW_COLUMN}"`;

  return {
    raw,
    rowType,
    generation: () => generation,
    learn: async (texts) => {
      const grown = await dictionary.learn(texts);
      if (grown) await layDown(`(SELECT * FROM ${ARRIVED_ROWS})`, Number.NEGATIVE_INFINITY);
    },
    insert: (relation) =>
      session.run(
        `INSERT INTO ${COMING_ROWS} BY NAME SELECT *, ${arrived} AS ${ARRIVED_COLUMN} FROM ${relation}`,
      ),
    arrive: async (now) => {
      const come = `(${ARRIVED_COLUMN} <= ${sqlTime(now)}${features.available === null ? ' OR true' : ''})`;
      await session.run(
        `INSERT INTO ${ARRIVED_ROWS} BY NAME SELECT * FROM ${COMING_ROWS} WHERE ${come} ${order}`,
      );
      await session.run(`DELETE FROM ${COMING_ROWS} WHERE ${come}`);
    },
    prune: (now) => layDown(`(SELECT * FROM ${ARRIVED_ROWS})`, now),
  };
}

/** Names of the key columns that hold texts. */
function textKeys(features: CompiledFeatures, raw: readonly EngineColumn[]): string[] {
  const keys = new Set(features.tables.flatMap((table) => [...table.key]));
  return raw.flatMap(({ name, engineType }) => (engineType === 'VARCHAR' && keys.has(name) ? [name] : []));
}

/** How far back rows are needed, milliseconds; infinite where a table does not say. */
async function longestLookBack(session: TableSession, features: CompiledFeatures): Promise<number> {
  const spans: number[] = [];
  for (const table of features.tables) {
    spans.push(await lookBackMs(session, table, features.source, features.available));
  }
  return Math.max(0, ...spans) + MARGIN_MS;
}
