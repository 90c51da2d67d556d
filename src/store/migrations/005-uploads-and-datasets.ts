import { type Kysely, sql } from 'kysely';
import type { Database } from '../database.ts';
import { addColumns, type ColumnKind } from './column-kinds.ts';
import type { Migration } from './migration.ts';

/** Uploads in parts, blobs that were let go of, datasets to evaluate with, and scorers. */
export const uploadsAndDatasets: Migration = {
  name: 'uploads-and-datasets',
  up: async (db, dialect) => {
    const make = maker(db, dialect);
    await make('released_blob', ['hash'], { hash: 'text', released_at: 'time' });
    await make('artifact_upload', ['id'], {
      id: 'text',
      secret_hash: 'text',
      path: 'text',
      part_count: 'integer',
      state: 'text',
      moved_at: 'time',
    });
    await make('artifact_part', ['upload_id', 'number'], {
      upload_id: 'text',
      number: 'integer',
      blob_hash: 'text',
      size_bytes: 'integer',
    });
    await index(db, 'artifact_part_blob', 'artifact_part', 'blob_hash');
    await datasetTables(db, make);
    await scorerTables(make);
  },
};

type Columns = Readonly<Record<string, ColumnKind | `${ColumnKind}?`>>;
type Make = (name: string, key: readonly string[], columns: Columns) => Promise<void>;

/** Tables that lie in the order of their key; PostgreSQL has no such tables. */
function maker(db: Kysely<unknown>, dialect: Database['dialect']): Make {
  return async (name, key, columns) => {
    const table = addColumns(db.schema.createTable(name), columns).addPrimaryKeyConstraint(`${name}_key`, [
      ...key,
    ] as never[]);
    await (dialect === 'sqlite' ? table.modifyEnd(sql`without rowid`) : table).execute();
  };
}

async function index(db: Kysely<unknown>, name: string, table: string, columns: string): Promise<void> {
  await sql`create index ${sql.ref(name)} on ${sql.table(table)} (${sql.raw(columns)})`.execute(db);
}

async function datasetTables(db: Kysely<unknown>, make: Make): Promise<void> {
  await make('evaluation_dataset', ['id'], {
    id: 'text',
    name: 'text',
    revision: 'integer',
    schema: 'json?',
    created_at: 'time',
    updated_at: 'time',
    created_by: 'text?',
    updated_by: 'text?',
  });
  await index(db, 'evaluation_dataset_created', 'evaluation_dataset', 'created_at, id');
  await index(db, 'evaluation_dataset_name', 'evaluation_dataset', 'name');
  await make('evaluation_dataset_tag', ['dataset_id', 'key'], {
    dataset_id: 'text',
    key: 'text',
    value: 'text',
  });
  await make('evaluation_dataset_experiment', ['dataset_id', 'experiment_id'], {
    dataset_id: 'text',
    experiment_id: 'integer',
  });
  await index(db, 'evaluation_dataset_of', 'evaluation_dataset_experiment', 'experiment_id');
  await make('evaluation_record', ['dataset_id', 'id'], {
    dataset_id: 'text',
    id: 'text',
    input_hash: 'text',
    body: 'json',
    created_at: 'time',
    updated_at: 'time',
    created_by: 'text?',
    updated_by: 'text?',
  });
  await sql`create unique index evaluation_record_input
    on evaluation_record (dataset_id, input_hash)`.execute(db);
  await index(db, 'evaluation_record_created', 'evaluation_record', 'dataset_id, created_at, id');
}

async function scorerTables(make: Make): Promise<void> {
  await make('scorer', ['experiment_id', 'name'], { experiment_id: 'integer', name: 'text', id: 'text' });
  await make('scorer_version', ['scorer_id', 'version'], {
    scorer_id: 'text',
    version: 'integer',
    body: 'json',
    created_at: 'time',
  });
}
