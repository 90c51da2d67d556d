import type {
  DuckDBConnection,
  DuckDBDataChunk,
  DuckDBMaterializedResult,
  DuckDBResult,
  DuckDBValueConverter,
  JS,
} from '@duckdb/node-api';
import { TendError } from '../kernel/error.ts';
import { sqlText } from './sql-name.ts';

/** Memory that one DuckDB instance may use before it spills; the example's three million rows need 0.9 GB. */
const MEMORY_LIMIT = '4GB';

/**
 * A row of a result, values as plain numbers, strings, booleans, null; moments as milliseconds UTC. What
 * JSON or a JavaScript number cannot hold (NaN, the infinities, whole numbers beyond 2^53) comes as its
 * text.
 */
export type TableRow = Readonly<Record<string, number | string | boolean | null>>;

/** A statement that was parsed and planned once. */
export interface PreparedTable {
  readonly run: (values: Readonly<Record<string, string | number>>) => Promise<void>;
  /** Runs it and reads what it returns, by column: DOUBLE as numbers, anything else value by value. */
  readonly columns: (values: Readonly<Record<string, string | number>>) => Promise<ReturnedColumns>;
  /** Distinct texts of a returned column that is dictionary-coded, in the order of their codes. */
  readonly levels: (column: number) => readonly string[] | undefined;
}

/** What a statement returned. */
export interface ReturnedColumns {
  readonly rows: number;
  readonly columns: readonly (Float64Array | readonly unknown[])[];
}

/** A database in memory of its own. */
export interface TableSession extends AsyncDisposable {
  /** Prepares a statement for many runs; each binds the named parameters anew. */
  readonly prepare: (sql: string) => Promise<PreparedTable>;
  readonly connection: DuckDBConnection;
  /** Runs one statement for its effect. */
  readonly run: (sql: string) => Promise<void>;
  /** All rows of a query; for small results (figures, samples), never for a data set. */
  readonly rows: (sql: string) => Promise<TableRow[]>;
  /** The rows of a query piece by piece, for more than may stand in memory; as `columns` of a statement. */
  readonly pieces: (sql: string) => AsyncIterable<ReturnedColumns>;
  /** Another line to the same tables, so that two statements run at once; it ends with the session. */
  readonly beside: () => Promise<Pick<TableSession, 'prepare' | 'run'>>;
}

/** The columnar engine: DuckDB in memory, spilling into `tempDir`. */
export interface Tables {
  /** A session that may read `files` besides the engine's own folders, and nothing else on this machine. */
  readonly session: (files?: readonly string[]) => Promise<TableSession>;
  /**
   * The same for statements that are prepared once and run while their tables change. The engine keeps the
   * plan of one without parameters, and with it what it knew of the tables then: a text longer than any
   * before came back as another one (DuckDB 1.5.6). Such a session plans without that knowledge.
   */
  readonly lastingSession: () => Promise<TableSession>;
}

/** What plans by the smallest and largest values of the moment. */
const MOMENTARY = 'statistics_propagation,compressed_materialization';

/**
 * The engine. Nothing is downloaded: extensions beyond the built-in ones (parquet, json, icu) stay off.
 *
 * Every session is an instance of its own, with one thread: floating-point aggregates are repeatable that way
 * (five different sums in six runs with more threads), and work runs side by side by opening more sessions.
 * A session must outlive its statements: closing one that runs ends the process (DuckDB 1.5.6), so a function
 * with `await using` returns awaited results only.
 */
export function createTables(options: {
  readonly tempDir: string;
  /** Folders that sessions may read and write; the folder of temporary files if absent. */
  readonly folders?: readonly string[];
}): Tables {
  const folders = options.folders ?? [options.tempDir];
  return {
    session: (files = []) => openSession(options.tempDir, folders, files),
    lastingSession: () => openSession(options.tempDir, folders, [], MOMENTARY),
  };
}

async function openSession(
  tempDir: string,
  folders: readonly string[],
  files: readonly string[],
  withoutOptimizers = '',
): Promise<TableSession> {
  // Loaded with the first session: it costs 50 ms and 19 MB, which a server that only answers never needs.
  const { DuckDBInstance, JSDuckDBValueConverter } = await import('@duckdb/node-api');
  const plain = plainConverter(JSDuckDBValueConverter);
  const instance = await DuckDBInstance.create(':memory:', {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    memory_limit: MEMORY_LIMIT,
    temp_directory: tempDir,
    threads: '1',
  });
  const connection = await instance.connect();
  // Of the instance, so that every line to it has it.
  await connection.run("SET GLOBAL TimeZone = 'UTC'");
  // x / 0 is missing, as in the expressions that serve the same features; the default is Infinity.
  await connection.run('SET GLOBAL ieee_floating_point_ops = false');
  if (withoutOptimizers !== '')
    await connection.run(`SET GLOBAL disabled_optimizers = '${withoutOptimizers}'`);
  await confine(connection, folders, files);
  const others: DuckDBConnection[] = [];
  const another = async (): Promise<DuckDBConnection> => {
    const other = await instance.connect();
    others.push(other);
    return other;
  };
  return {
    connection,
    prepare: (sql) => prepared(connection, sql),
    run: (sql) => runOn(connection, sql),
    rows: async (sql) => {
      return await guarded(async () => {
        const reader = await connection.runAndReadAll(sql);
        return reader.convertRowObjects(plain).map(plainRow);
      });
    },
    // A line of its own: any other statement on the line would end it.
    pieces: async function* (sql) {
      yield* piecesOf(await another(), sql);
    },
    beside: async () => {
      const other = await another();
      return { prepare: (sql) => prepared(other, sql), run: (sql) => runOn(other, sql) };
    },
    [Symbol.asyncDispose]: async () => {
      for (const one of [...others, connection]) one.closeSync();
      instance.closeSync();
    },
  };
}

async function runOn(connection: DuckDBConnection, sql: string): Promise<void> {
  await guarded(() => connection.run(sql));
}

async function prepared(connection: DuckDBConnection, sql: string): Promise<PreparedTable> {
  const statement = await guarded(() => connection.prepare(sql));
  return {
    run: async (values) => {
      statement.bind({ ...values });
      await guarded(() => statement.run());
    },
    columns: async (values) => {
      statement.bind({ ...values });
      return returned(await guarded(() => statement.run()));
    },
    levels: (column) => {
      const type = statement.columnType(column);
      return 'values' in type && Array.isArray(type.values) ? type.values.map(String) : undefined;
    },
  };
}

async function* piecesOf(line: DuckDBConnection, sql: string): AsyncIterable<ReturnedColumns> {
  const result = await guarded(() => line.stream(sql));
  for (;;) {
    const chunk = await guarded(() => result.fetchChunk());
    if (chunk === null || chunk.rowCount === 0) return;
    yield columnsOf(result, [chunk]);
  }
}

function returned(result: DuckDBMaterializedResult): ReturnedColumns {
  return columnsOf(
    result,
    Array.from({ length: result.chunkCount }, (_, at) => result.getChunk(at)),
  );
}

/** The rows of a result by column, chunk by chunk: numbers are copied without becoming values one by one. */
function columnsOf(result: DuckDBResult, chunks: readonly DuckDBDataChunk[]): ReturnedColumns {
  const rows = chunks.reduce((sum, { rowCount }) => sum + rowCount, 0);
  const columns = Array.from({ length: result.columnCount }, (_, place) => {
    const vectors = chunks.map((chunk) => chunk.getColumnVector(place));
    if (result.columnType(place).toString() !== 'DOUBLE')
      return vectors.flatMap((vector) => vector.toArray());
    const values = new Float64Array(rows);
    let at = 0;
    for (const vector of vectors) {
      for (let i = 0; i < vector.itemCount; i++) values[at + i] = Number(vector.getItem(i) ?? Number.NaN);
      at += vector.itemCount;
    }
    return values;
  });
  return { rows, columns };
}

/**
 * Takes the rest of the file system and the network away for good: a condition or SELECT of a project's
 * file runs here, and it may come from somebody who may not read this machine.
 */
async function confine(
  connection: DuckDBConnection,
  folders: readonly string[],
  files: readonly string[],
): Promise<void> {
  const list = (paths: readonly string[]): string => `[${paths.map(sqlText).join(', ')}]`;
  await connection.run(`SET allowed_directories = ${list(folders.map((folder) => `${folder}/`))}`);
  await connection.run(`SET allowed_paths = ${list(files)}`);
  await connection.run('SET enable_external_access = false');
  await connection.run('SET lock_configuration = true');
}

/**
 * DuckDB's own messages name the file or column and the cause; they are kept, under a code of the
 * catalogue.
 */
async function guarded<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (/No space left|Out of (disk|space)/i.test(message)) {
      throw new TendError('DISK_FULL', `no room on disk while working on a table: ${message}`, {
        cause: error,
      });
    }
    throw new TendError('SOURCE_UNREADABLE', message.split('\n\n')[0] ?? message, { cause: error });
  }
}

/** A moment that no `Date` can hold, such as infinity, is shown as the engine writes it. */
function plainConverter(convert: DuckDBValueConverter<JS>): DuckDBValueConverter<JS> {
  return (value, type, converter) => {
    if (value === null) return null;
    try {
      return convert(value, type, converter);
    } catch {
      return String(value);
    }
  };
}

function plainRow(row: Record<string, unknown>): TableRow {
  const plain: Record<string, number | string | boolean | null> = {};
  for (const [name, value] of Object.entries(row)) plain[name] = plainValue(value);
  return plain;
}

function plainValue(value: unknown): number | string | boolean | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (value instanceof Date) return value.getTime();
  // Decimals, intervals and identifiers are objects of the driver that spell themselves.
  return (value as { readonly toString: () => string }).toString();
}

/**
 * The relation that reads Parquet files, in the order given. Paths come from the blob store or a declared
 * source; a folder above called `a=b` adds no column.
 */
export function parquetRelation(paths: readonly string[]): string {
  return `read_parquet([${paths.map(sqlText).join(', ')}], hive_partitioning = false)`;
}
