import { type Kysely, sql } from 'kysely';
import { TendError } from '../kernel/error.ts';
import type { Database } from './database.ts';
import { firstTables } from './migrations/001-first-tables.ts';
import { theLoop } from './migrations/002-the-loop.ts';
import { tracking } from './migrations/003-tracking.ts';
import { registry } from './migrations/004-registry.ts';
import { uploadsAndDatasets } from './migrations/005-uploads-and-datasets.ts';
import { traces } from './migrations/006-traces.ts';
import type { Migration } from './migrations/migration.ts';
import type { Tables } from './tables/tables.ts';

/** In order; the number of a migration is its place, from 1. Released ones never change. */
const MIGRATIONS: readonly Migration[] = [
  firstTables,
  theLoop,
  tracking,
  registry,
  uploadsAndDatasets,
  traces,
];

/** Any number will do, as long as every Tend takes the same: the lock under which PostgreSQL migrates. */
const MIGRATION_LOCK = 4_600_461;

/**
 * Brings the schema up to date in one transaction: a crash leaves it as it was before.
 * @throws CONFLICT when a later Tend has migrated the database further than this one knows.
 */
export async function migrate(query: Kysely<Tables>, dialect: Database['dialect']): Promise<void> {
  await query.transaction().execute(async (trx) => {
    if (dialect === 'postgres') await sql`select pg_advisory_xact_lock(${MIGRATION_LOCK})`.execute(trx);
    await trx.schema
      .createTable('meta')
      .ifNotExists()
      .addColumn('key', 'text', (column) => column.primaryKey())
      .addColumn('value', 'text', (column) => column.notNull())
      .execute();
    const row = await trx.selectFrom('meta').select('value').where('key', '=', 'schema').executeTakeFirst();
    const present = Number(row?.value ?? 0);
    if (present > MIGRATIONS.length) {
      const found = `the database has schema ${present}, this Tend knows ${MIGRATIONS.length}`;
      throw new TendError('CONFLICT', found, { hint: 'Use the Tend that last wrote it, or a later one.' });
    }
    if (present === MIGRATIONS.length) return;
    for (const migration of MIGRATIONS.slice(present))
      await migration.up(trx as unknown as Kysely<unknown>, dialect);
    const value = String(MIGRATIONS.length);
    await trx
      .insertInto('meta')
      .values({ key: 'schema', value })
      .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
      .execute();
  });
}
