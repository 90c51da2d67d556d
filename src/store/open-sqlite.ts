import assert from 'node:assert/strict';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { Kysely, SqliteDialect, type SqliteStatement } from 'kysely';
import type { Clock } from '../kernel/clock.ts';
import { TendError } from '../kernel/error.ts';
import type { Database, Unit } from './database.ts';
import { migrate } from './migrate.ts';
import { prepareUnit } from './prepared-unit.ts';
import { SqliteBatchWriter } from './sqlite-batch.ts';
import { openSqliteConnection } from './sqlite-connection.ts';
import { isFatal, sqliteError } from './sqlite-error.ts';
import { SqliteWriterThread } from './sqlite-writer-thread.ts';
import type { Tables } from './tables/tables.ts';
import { WriteQueue } from './write-queue.ts';

/** Where the database is, and who hears of its end. */
export interface SqliteOptions {
  /**
   * A file, whose folder is made if it is missing, or `:memory:` for one that lives and dies with the
   * process.
   */
  readonly path: string;
  readonly clock: Clock;
  /** Called once after an I/O error, when nothing can be written any more and the process should end. */
  readonly onFatal?: (error: TendError) => void;
}

/**
 * Opens and migrates an SQLite database. A file has its writer in a thread of its own; reads run on the
 * calling thread and should be short.
 *
 * @throws STATE_READ_ONLY, STATE_UNREADABLE, DISK_FULL, or CONFLICT when a later Tend has migrated it
 * further.
 */
export async function openSqlite(options: SqliteOptions): Promise<Database> {
  return options.path === ':memory:' ? openMemory(options) : openFile(options);
}

async function openMemory(options: SqliteOptions): Promise<Database> {
  const connection = openSqliteConnection(':memory:', { readOnly: false });
  const migrating = kyselyOver(connection, 'writes');
  await migrate(migrating, 'sqlite');
  const writer = new SqliteBatchWriter(connection);
  connection.exec('pragma query_only = on');
  const queue = new WriteQueue((units) => {
    connection.exec('pragma query_only = off');
    const outcomes = writer.write(units);
    connection.exec('pragma query_only = on');
    return Promise.resolve(outcomes);
  });
  return database(kyselyOver(connection, 'reads'), queue, options, async () => undefined);
}

async function openFile(options: SqliteOptions): Promise<Database> {
  const migrating = kyselyOver(openSqliteConnection(options.path, { readOnly: false }), 'writes');
  try {
    await migrate(migrating, 'sqlite');
  } finally {
    await migrating.destroy();
  }
  const query = kyselyOver(openSqliteConnection(options.path, { readOnly: true }), 'reads');
  const thread = new SqliteWriterThread(options.path);
  const queue = new WriteQueue((units) => thread.write(units));
  return database(query, queue, options, () => thread.close());
}

function database(
  query: Kysely<Tables>,
  queue: WriteQueue,
  { clock, onFatal }: SqliteOptions,
  closeWriter: () => Promise<void>,
): Database {
  let failed = false;
  const commit = async (unit: Unit): Promise<void> => {
    try {
      await queue.push(prepareUnit({ query, dialect: 'sqlite' }, unit, clock.now()));
    } catch (error) {
      if (error instanceof TendError && isFatal(error) && !failed) {
        failed = true;
        onFatal?.(error);
      }
      throw error;
    }
  };
  const close = async (): Promise<void> => {
    await queue.close();
    await query.destroy();
    await closeWriter();
  };
  return { dialect: 'sqlite', query, commit, close };
}

function kyselyOver(connection: DatabaseSync, use: 'reads' | 'writes'): Kysely<Tables> {
  // On a full disk SQLite rolls back by itself; the rollback that follows must not hide why by an error.
  const needed = (sql: string) =>
    sql === 'rollback' && !connection.isTransaction ? 'select 1 where false' : sql;
  const fresh = (sql: string) => coded(() => kyselyStatement(connection.prepare(needed(sql)), use));
  const prepare = use === 'reads' ? keepPrepared(fresh) : fresh;
  const close = () => connection.close();
  return new Kysely<Tables>({ dialect: new SqliteDialect({ database: { prepare, close } }) });
}

/** Reads kept prepared: preparing one takes as long as carrying it out, and requests have the same few. */
const PREPARED_MAX = 256;

/** The schema does not change once it is migrated, and reads run to their end one after the other. */
function keepPrepared(fresh: (sql: string) => SqliteStatement): (sql: string) => SqliteStatement {
  const kept = new Map<string, SqliteStatement>();
  return (sql) => {
    const known = kept.get(sql);
    if (known !== undefined) return known;
    const statement = fresh(sql);
    const oldest = kept.size >= PREPARED_MAX ? kept.keys().next().value : undefined;
    if (oldest !== undefined) kept.delete(oldest);
    kept.set(sql, statement);
    return statement;
  };
}

/** `node:sqlite` in the shape that Kysely's dialect takes, with errors of the catalogue. */
function kyselyStatement(statement: StatementSync, use: 'reads' | 'writes'): SqliteStatement {
  const names = statement.columns().map((column) => column.name);
  statement.setReturnArrays(true);
  // A loop: a history of 100,000 points takes half as long as with Object.fromEntries.
  const rowOf = (values: readonly unknown[]): Record<string, unknown> => {
    const row: Record<string, unknown> = {};
    for (let i = 0; i < names.length; i++) row[names[i] as string] = values[i];
    return row;
  };
  return {
    reader: names.length > 0,
    all: (values) => coded(() => (statement.all(...bindable(values)) as unknown as unknown[][]).map(rowOf)),
    run: (values) => {
      assert(use === 'writes' || names.length > 0, 'writes go through commit, not through query');
      return coded(() => statement.run(...bindable(values)));
    },
    iterate: () => assert.fail('read in pages, not in streams: a reader that pauses holds up checkpoints'),
  };
}

function bindable(values: readonly unknown[]): (string | number | bigint | null | Uint8Array)[] {
  return values.map((value) => (typeof value === 'boolean' ? Number(value) : value)) as ReturnType<
    typeof bindable
  >;
}

function coded<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw sqliteError(error);
  }
}
