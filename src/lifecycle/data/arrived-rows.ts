import { sqlName, sqlTime } from '../../table/sql-name.ts';
import type { TableSession } from '../../table/tables.ts';
import { ARRIVED_COLUMN, arrivedAt } from './arrival.ts';
import type { CompiledFeatures } from './feature-definition.ts';
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
  /** Adds the rows of a relation that has every column of the outcome, `row` and `tend_known`. */
  readonly insert: (relation: string, keys: ReadonlyMap<string, Iterable<string>>) => Promise<void>;
  /** Forgets rows that no table reads at `at` or later, and lays the rest down anew. */
  readonly prune: (at: number) => Promise<void>;
  /** Grows when the table was laid down anew: what was prepared on it has to be prepared again. */
  readonly generation: () => number;
}

/** Distinct texts of a key that are coded at most; beyond it making the dictionary costs more than it saves. */
const CODED_LEVELS_MAX = 65_536;

/** Rows are kept a day longer than the tables look back: boundaries are computed for the day that is open. */
const MARGIN_MS = 86_400_000;

/**
 * Loads the rows of `start` into the table of arrived rows, in the order of arrival. Text columns of keys are laid
 * down as dictionary codes (half the time for each boundary); a text that is not in the dictionary lays the table
 * down anew, which takes about 0.1 s for a week of flights.
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
  const spans = await Promise.all(
    features.tables.map((table) => lookBackMs(session, table, features.source, features.available)),
  );
  const lookBack = Math.max(0, ...spans) + MARGIN_MS;
  const keys = [...new Set(features.tables.flatMap((table) => [...table.key]))].filter(
    (name) => raw.find((column) => column.name === name)?.engineType === 'VARCHAR',
  );
  const levels = new Map<string, Set<string>>();
  const arrived = arrivedAt(features.available) ?? 'NULL::TIMESTAMP';
  let generation = 0;

  const layDown = async (relation: string, now: number): Promise<void> => {
    generation++;
    const coded: string[] = [];
    for (const [place, name] of keys.entries()) {
      const known = levels.get(name);
      if (known === undefined || known.size === 0 || known.size > CODED_LEVELS_MAX) continue;
      const type = `tend_key_${place}_${generation}`;
      await session.run(
        `CREATE TYPE ${type} AS ENUM (SELECT level FROM tend_levels WHERE key = ${place} ORDER BY 1)`,
      );
      coded.push(`${sqlName(name)}::VARCHAR::${type} AS ${sqlName(name)}`);
    }
    const replaced = coded.length === 0 ? '' : `REPLACE (${coded.join(', ')})`;
    const kept = Number.isFinite(now - lookBack)
      ? `WHERE ${ARRIVED_COLUMN} IS NULL OR ${ARRIVED_COLUMN} > ${sqlTime(now - lookBack)}`
      : '';
    await session.run(
      `CREATE OR REPLACE TABLE tend_laid AS
       SELECT * ${replaced} FROM ${relation} ${kept} ORDER BY ${ARRIVED_COLUMN}, "${ROW_COLUMN}"`,
    );
    await session.run(`DROP TABLE IF EXISTS ${ARRIVED_ROWS}`);
    await session.run(`ALTER TABLE tend_laid RENAME TO ${ARRIVED_ROWS}`);
    for (const place of keys.keys())
      await session.run(`DROP TYPE IF EXISTS tend_key_${place}_${generation - 1}`);
  };

  const learn = async (name: string, values: Iterable<string>): Promise<boolean> => {
    const known = levels.get(name) ?? new Set<string>();
    levels.set(name, known);
    const place = keys.indexOf(name);
    const fresh: string[] = [];
    for (const value of values) {
      if (known.has(value)) continue;
      known.add(value);
      fresh.push(value);
    }
    if (fresh.length === 0) return false;
    const insert = await session.connection.prepare('INSERT INTO tend_levels VALUES ($place, $level)');
    for (const level of fresh) {
      insert.bind({ place, level });
      await insert.run();
    }
    return true;
  };

  await session.run('CREATE TABLE tend_levels (key INTEGER, level VARCHAR)');
  const withTarget = await withOutcome(session, features.source, start, features.outcomeSql);
  for (const [place, name] of keys.entries()) {
    const distinct = `SELECT DISTINCT ${sqlName(name)}::VARCHAR AS level FROM ${start} WHERE ${sqlName(name)} IS NOT NULL`;
    const found = await session.rows(distinct);
    levels.set(name, new Set(found.map((row) => String(row.level))));
    await session.run(`INSERT INTO tend_levels SELECT ${place}, level FROM (${distinct})`);
  }
  await layDown(`(SELECT *, ${arrived} AS ${ARRIVED_COLUMN} FROM ${withTarget})`, at);

  return {
    raw,
    rowType,
    generation: () => generation,
    insert: async (relation, texts) => {
      let grown = false;
      for (const [name, values] of texts) {
        if (keys.includes(name)) grown = (await learn(name, values)) || grown;
      }
      if (grown) await layDown(`(SELECT * FROM ${ARRIVED_ROWS})`, Number.NEGATIVE_INFINITY);
      await session.run(
        `INSERT INTO ${ARRIVED_ROWS} BY NAME
         SELECT *, ${arrived} AS ${ARRIVED_COLUMN} FROM ${relation} ORDER BY ${ARRIVED_COLUMN}, "${ROW_COLUMN}"`,
      );
    },
    prune: (now) => layDown(`(SELECT * FROM ${ARRIVED_ROWS})`, now),
  };
}
