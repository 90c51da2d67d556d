import { sqlTime } from '../../table/sql-name.ts';
import type { PreparedTable, TableSession } from '../../table/tables.ts';
import { ARRIVED_COLUMN, arrivedAt } from './arrived-at.ts';
import type { CompiledFeatures } from './feature-definition.ts';
import { openDictionary } from './key-dictionary.ts';
import { lookBackMs } from './look-back.ts';
import { ARRIVAL_ORDER, openComingRows } from './coming-rows.ts';
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
  /**
   * Where the rows that are taken in stand, as a relation without parameters: every column of the outcome,
   * `row`, `tend_known` and `tend_arrived`.
   */
  readonly follow: (taken: string) => Promise<void>;
  /** Puts the rows that stand there where they wait for their boundary. */
  readonly defer: () => Promise<void>;
  /** Makes room for texts of the keys, by column. */
  readonly learn: (texts: ReadonlyMap<string, Iterable<string>>) => Promise<void>;
  /**
   * Adds what was taken in and has arrived by `at`, in the order of arrival: sums of fractions depend on it,
   * and a version read from the start has that order. `latest`: when the last of the rows that stand there
   * arrives, milliseconds UTC; undefined where none stands there.
   */
  readonly arrive: (at: number, latest: number | undefined) => Promise<void>;
  /** Forgets rows that no table reads at `at` or later, and lays the rest down anew. */
  readonly prune: (at: number) => Promise<void>;
  /** Grows when the table was laid down anew: what was prepared on it has to be prepared again. */
  readonly generation: () => number;
}

/** Rows are kept a day longer than the tables look back: boundaries are computed for the day that is open. */
const MARGIN_MS = 86_400_000;

/**
 * Loads the rows of `start` into the table of arrived rows, in the order of arrival, which what arrives later
 * goes on with. Text columns of keys are laid down as dictionary codes (half the time for each boundary); a
 * text that is not in the dictionary lays the table down anew, which takes about 0.1 s for a week of flights.
 */
export async function openArrivedRows(
  session: TableSession,
  features: CompiledFeatures,
  start: string,
  at: number,
): Promise<ArrivedRows> {
  const shape = await sourceShape(session, start);
  if (features.tables.length === 0) return { ...shape, ...NOTHING_READS };
  return { ...shape, ...(await layArrivedRows(session, features, shape, start, at)) };
}

/** Where no table reads them, no rows are laid down. */
const NOTHING_READS: Omit<ArrivedRows, keyof SourceShape> = {
  generation: () => 0,
  learn: async () => undefined,
  follow: async () => undefined,
  defer: async () => undefined,
  arrive: async () => undefined,
  prune: async () => undefined,
};

type SourceShape = Pick<ArrivedRows, 'raw' | 'rowType'>;

async function sourceShape(session: TableSession, start: string): Promise<SourceShape> {
  const described = await session.rows(`DESCRIBE SELECT * FROM ${start}`);
  const typed = described.map((row) => ({
    name: String(row.column_name),
    engineType: String(row.column_type),
  }));
  const raw = typed.filter(({ name }) => name !== ROW_COLUMN && name !== KNOWN_COLUMN);
  return { raw, rowType: typed.find(({ name }) => name === ROW_COLUMN)?.engineType ?? 'BIGINT' };
}

async function layArrivedRows(
  session: TableSession,
  features: CompiledFeatures,
  { raw }: SourceShape,
  start: string,
  from: number,
): Promise<Omit<ArrivedRows, keyof SourceShape>> {
  const dictionary = await openDictionary(session, textKeys(features, raw), start);
  const lookBack = await longestLookBack(session, features);
  const arrived = arrivedAt(features.available) ?? 'NULL::TIMESTAMP';
  let generation = 0;

  const oldestKept = (now: number): string => {
    const oldest = now - lookBack;
    return Number.isFinite(oldest) ? `WHERE ${ARRIVED_COLUMN} > ${sqlTime(oldest)}` : '';
  };
  const replaceRows = async (select: string): Promise<void> => {
    generation++;
    await session.run(`CREATE OR REPLACE TABLE tend_laid AS ${select}`);
    await session.run(`DROP TABLE IF EXISTS ${ARRIVED_ROWS}`);
    await session.run(`ALTER TABLE tend_laid RENAME TO ${ARRIVED_ROWS}`);
  };
  /** Lays rows down with the texts that the dictionary knows by now. */
  const code = async (relation: string): Promise<void> => {
    const [types, coded] = await dictionary.codes();
    const replaced = coded.length === 0 ? '' : `REPLACE (${coded.join(', ')})`;
    await replaceRows(`SELECT * ${replaced} FROM ${relation}`);
    await dictionary.drop(types - 1);
  };

  const withTarget = await withOutcome(session, features.source, start, features.outcomeSql);
  const laid = `(SELECT *, ${arrived} AS ${ARRIVED_COLUMN} FROM ${withTarget})`;
  const later = features.available === null ? 'false' : `${ARRIVED_COLUMN} > ${sqlTime(from)}`;
  const old = `(SELECT * FROM ${laid} WHERE (${later}) IS NOT true)`;
  await code(`(SELECT * FROM ${old} ${oldestKept(from)} ${ARRIVAL_ORDER})`);
  const coming = await openComingRows(session, features, `SELECT * FROM ${laid} WHERE ${later}`);
  const come = features.available === null ? 'true' : `${ARRIVED_COLUMN} IS NOT NULL`;
  let taken = '';
  let direct: { readonly statement: PreparedTable; readonly generation: number } | undefined;
  const arriveNow = async (): Promise<void> => {
    if (direct?.generation !== generation) {
      const rows = `SELECT * FROM (${taken}) WHERE ${come} ${ARRIVAL_ORDER}`;
      const statement = await session.prepare(`INSERT INTO ${ARRIVED_ROWS} BY NAME ${rows}`);
      direct = { statement, generation };
    }
    await direct.statement.run({});
  };
  return {
    generation: () => generation,
    learn: async (texts) => {
      const grown = await dictionary.learn(texts);
      if (grown) await code(ARRIVED_ROWS);
    },
    follow: async (relation) => {
      taken = relation;
      await coming.follow(relation);
    },
    defer: coming.put,
    arrive: async (at, latest) => {
      const waits = latest !== undefined && (latest > at || coming.earliest() <= at);
      if (waits) await coming.put();
      if (coming.earliest() <= at) await coming.arrive(at);
      else if (latest !== undefined && !waits) await arriveNow();
    },
    prune: (now) => replaceRows(`SELECT * FROM ${ARRIVED_ROWS} ${oldestKept(now)}`),
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
