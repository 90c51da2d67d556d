import { type Kysely, sql } from 'kysely';
import { addColumns, type ColumnKind } from './column-kinds.ts';
import type { Migration } from './migration.ts';

/**
 * Models that clients register: a model may stand alone, without a project; models and versions have
 * descriptions and tags, and a version says where its files are. Webhooks may speak another format than ours.
 */
export const registry: Migration = {
  name: 'registry',
  up: async (db) => {
    await looseModels(db);
    await extend(db, 'model_version', {
      updated_at: 'time?',
      source: 'text?',
      location: 'text?',
      description: 'text?',
      stage: 'text?',
      user_name: 'text?',
      run_link: 'text?',
      logged_model_id: 'text?',
    });
    await table(db, 'model_tag', ['model', 'key'], { model: 'text', key: 'text', value: 'text' });
    await table(db, 'model_version_tag', ['model', 'version', 'key'], {
      model: 'text',
      version: 'integer',
      key: 'text',
      value: 'text',
    });
    await extend(db, 'webhook', {
      format: 'text?',
      name: 'text?',
      description: 'text?',
      updated_at: 'time?',
    });
  },
};

type Columns = Readonly<Record<string, ColumnKind | `${ColumnKind}?`>>;

async function table(
  db: Kysely<unknown>,
  name: string,
  key: readonly string[],
  columns: Columns,
): Promise<void> {
  const made = addColumns(db.schema.createTable(name), columns);
  await made.addPrimaryKeyConstraint(`${name}_key`, [...key] as never[]).execute();
}

/** SQLite takes no constraint away from a column, so the table is made again. */
async function looseModels(db: Kysely<unknown>): Promise<void> {
  await table(db, 'registered_model', ['name'], {
    name: 'text',
    project: 'text?',
    description: 'text?',
    created_at: 'time',
    updated_at: 'time',
  });
  const born = 'coalesce((select min(v.created_at) from model_version v where v.model = m.name), 0)';
  await sql`insert into registered_model (name, project, created_at, updated_at)
    select m.name, m.project, ${sql.raw(born)}, ${sql.raw(born)} from model m`.execute(db);
  await db.schema.dropTable('model').execute();
  await db.schema.alterTable('registered_model').renameTo('model').execute();
}

const TYPES: Readonly<Record<string, 'text' | 'bigint'>> = { 'text?': 'text', 'time?': 'bigint' };

async function extend(db: Kysely<unknown>, name: string, columns: Columns): Promise<void> {
  for (const [column, kind] of Object.entries(columns))
    await db.schema
      .alterTable(name)
      .addColumn(column, TYPES[kind] ?? 'text')
      .execute();
}
