import { type Kysely, sql } from 'kysely';
import type { Database } from '../database.ts';
import { addColumns, type ColumnKind } from './column-kinds.ts';
import { moveRuns } from './003-move-runs.ts';
import type { Migration } from './migration.ts';

/**
 * Runs as clients of any kind log them: experiments, measurements by key, datasets, logged models, artifacts.
 * The runs that training made before become runs of the experiment of their project.
 */
export const tracking: Migration = {
  name: 'tracking',
  up: async (db, dialect) => {
    const make = maker(db, dialect);
    await experimentTables(db, make);
    await runTables(db, make);
    await moveRuns(db);
    await datasetTables(db, make);
    await loggedModelTables(db, make);
    await make('artifact', ['parent', 'name'], {
      parent: 'text',
      name: 'text',
      blob_hash: 'text?',
      size_bytes: 'integer?',
      created_at: 'time',
    });
    await index(db, 'artifact_blob', 'artifact', 'blob_hash');
  },
};

type Columns = Readonly<Record<string, ColumnKind | `${ColumnKind}?`>>;
type Make = (name: string, key: readonly string[], columns: Columns) => Promise<void>;

/**
 * Tables that lie in the order of their key: a history, the values of a run and the names in a folder are
 * each one stretch, and no row is stored twice. PostgreSQL has no such tables.
 */
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

async function experimentTables(db: Kysely<unknown>, make: Make): Promise<void> {
  await make('experiment', ['id'], {
    id: 'integer',
    name: 'text',
    project: 'text?',
    artifact_location: 'text',
    created_at: 'time',
    updated_at: 'time',
    deleted_at: 'time?',
  });
  await sql`create unique index experiment_name on experiment (name)`.execute(db);
  await sql`create unique index experiment_project on experiment (project)`.execute(db);
  await make('experiment_tag', ['experiment_id', 'key'], {
    experiment_id: 'integer',
    key: 'text',
    value: 'text',
  });
}

/** Values are indexed by their first characters: PostgreSQL takes at most 2,704 bytes of index row. */
const VALUE_START = 'substr(value, 1, 200)';

async function runTables(db: Kysely<unknown>, make: Make): Promise<void> {
  await db.schema.alterTable('run_metric').renameTo('old_run_metric').execute();
  await db.schema.alterTable('run').renameTo('old_run').execute();
  await sql`drop index run_by_project_started_at`.execute(db);
  await make('tracked_run', ['id'], {
    id: 'text',
    experiment_id: 'integer',
    project: 'text?',
    name: 'text',
    state: 'text',
    started_at: 'time?',
    ended_at: 'time?',
    deleted_at: 'time?',
    user_name: 'text',
    params: 'json',
    tags: 'json',
    inputs: 'json',
    outputs: 'json',
    digest: 'text?',
  });
  await make('tracked_metric', ['run_id', 'key', 'at', 'step', 'value', 'nan'], {
    run_id: 'text',
    key: 'text',
    at: 'time',
    step: 'integer',
    value: 'real',
    nan: 'flag',
  });
  await make('run_latest', ['run_id', 'key'], {
    run_id: 'text',
    key: 'text',
    experiment_id: 'integer',
    at: 'time',
    step: 'integer',
    value: 'real',
    nan: 'flag',
    min: 'real?',
    max: 'real?',
  });
  await index(db, 'run_latest_value', 'run_latest', 'experiment_id, key, nan, value, run_id');
  for (const name of ['run_param', 'run_tag']) {
    await make(name, ['run_id', 'key'], {
      run_id: 'text',
      key: 'text',
      experiment_id: 'integer',
      value: 'text',
    });
    await index(db, `${name}_value`, name, `experiment_id, key, ${VALUE_START}, run_id`);
  }
}

async function datasetTables(db: Kysely<unknown>, make: Make): Promise<void> {
  await make('logged_dataset', ['id'], {
    id: 'text',
    experiment_id: 'integer',
    name: 'text',
    digest: 'text',
    source_type: 'text',
    source: 'text',
    schema: 'text?',
    profile: 'text?',
  });
  await index(db, 'logged_dataset_name', 'logged_dataset', 'experiment_id, name, digest');
  await make('run_input', ['run_id', 'dataset_id'], {
    run_id: 'text',
    dataset_id: 'text',
    context: 'text?',
    tags: 'json',
    created_at: 'time',
  });
  await index(db, 'run_input_dataset', 'run_input', 'dataset_id');
  await make('run_model', ['run_id', 'role', 'model_id'], {
    run_id: 'text',
    role: 'text',
    model_id: 'text',
    step: 'integer',
    created_at: 'time',
  });
  await index(db, 'run_model_model', 'run_model', 'model_id');
}

async function loggedModelTables(db: Kysely<unknown>, make: Make): Promise<void> {
  await make('logged_model', ['id'], {
    id: 'text',
    experiment_id: 'integer',
    name: 'text',
    model_type: 'text?',
    source_run_id: 'text?',
    state: 'text',
    message: 'text?',
    created_at: 'time',
    updated_at: 'time',
    deleted_at: 'time?',
  });
  await index(db, 'logged_model_created', 'logged_model', 'experiment_id, created_at, id');
  await index(db, 'logged_model_run', 'logged_model', 'source_run_id');
  for (const name of ['logged_model_param', 'logged_model_tag'])
    await make(name, ['model_id', 'key'], { model_id: 'text', key: 'text', value: 'text' });
  await make('logged_model_metric', ['model_id', 'key', 'dataset_name', 'dataset_digest', 'run_id'], {
    model_id: 'text',
    key: 'text',
    dataset_name: 'text',
    dataset_digest: 'text',
    run_id: 'text',
    at: 'time',
    step: 'integer',
    value: 'real',
    nan: 'flag',
  });
}
