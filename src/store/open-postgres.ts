import type { Pool, PoolClient } from 'pg';
import type { Clock } from '../kernel/clock.ts';
import type { Database } from './database.ts';
import { migrate } from './migrate.ts';
import { writePostgresBatch } from './postgres-batch.ts';
import { postgresError } from './postgres-error.ts';
import { openPool } from './postgres-pool.ts';
import { kyselyOverPool } from './kysely-over-pool.ts';
import { type PreparedUnit, prepareUnit } from './prepared-unit.ts';
import { type UnitOutcome, WriteQueue } from './write-queue.ts';

/**
 * With the one that writes, eight connections for each process: PostgreSQL does better with few busy ones.
 */
const READERS = 7;

/**
 * Opens and migrates a PostgreSQL database (15 or later); `url` as in
 * `postgres://user:password@host:port/name`. Writes of this process share one connection and one transaction
 * at a time; other processes may write as well.
 *
 * @throws UNAVAILABLE when it cannot be reached; CONFLICT when a later Tend has migrated it further.
 */
export async function openPostgres(options: {
  readonly url: string;
  readonly clock: Clock;
}): Promise<Database> {
  const migrating = kyselyOverPool(openPool(options.url, 'writes', 1));
  try {
    await migrate(migrating, 'postgres');
  } finally {
    await migrating.destroy();
  }
  const query = kyselyOverPool(openPool(options.url, 'reads', READERS));
  const writers = openPool(options.url, 'writes', 1);
  const queue = new WriteQueue((units) => write(writers, units));
  return {
    dialect: 'postgres',
    query,
    commit: async (unit) =>
      queue.push(prepareUnit({ query, dialect: 'postgres' }, unit, options.clock.now())),
    close: async () => {
      await queue.close();
      await Promise.all([writers.end(), query.destroy()]);
    },
  };
}

async function write(pool: Pool, units: readonly PreparedUnit[]): Promise<readonly UnitOutcome[]> {
  let client: PoolClient;
  try {
    client = await pool.connect();
  } catch (error) {
    throw postgresError(error);
  }
  try {
    const outcomes = await writePostgresBatch(client, units);
    client.release();
    return outcomes;
  } catch (error) {
    // Whatever state its transaction is in, it goes with the connection.
    client.release(true);
    throw error;
  }
}
