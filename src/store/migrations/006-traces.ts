import { type Kysely, sql } from 'kysely';
import { addColumns, type ColumnKind } from './column-kinds.ts';
import type { Migration } from './migration.ts';

/** Traces as clients of any kind record them: their spans, what is said of them, the runs they belong to. */
export const traces: Migration = {
  name: 'traces',
  up: async (db, dialect) => {
    const make: Make = async (name, key, columns) => {
      const table = addColumns(db.schema.createTable(name), columns).addPrimaryKeyConstraint(`${name}_key`, [
        ...key,
      ] as never[]);
      await (dialect === 'sqlite' ? table.modifyEnd(sql`without rowid`) : table).execute();
    };
    await traceTables(db, make);
    await make('span', ['trace_id', 'id'], {
      trace_id: 'text',
      id: 'text',
      parent_id: 'text?',
      name: 'text',
      type: 'text',
      state: 'text',
      started_at: 'time',
      attributes: 'json',
      body: 'json',
    });
    await make('assessment', ['trace_id', 'id'], {
      trace_id: 'text',
      id: 'text',
      kind: 'text',
      name: 'text',
      value: 'text?',
      number: 'real?',
      overrides: 'text?',
      valid: 'flag',
      created_at: 'time',
      updated_at: 'time',
      body: 'json',
    });
  },
};

type Columns = Readonly<Record<string, ColumnKind | `${ColumnKind}?`>>;
type Make = (name: string, key: readonly string[], columns: Columns) => Promise<void>;

async function traceTables(db: Kysely<unknown>, make: Make): Promise<void> {
  await make('trace', ['id'], {
    id: 'text',
    experiment_id: 'integer',
    started_at: 'time',
    ended_at: 'time?',
    state: 'text',
    finished: 'flag',
    client_request_id: 'text?',
    request_preview: 'text?',
    response_preview: 'text?',
  });
  await index(db, 'trace_started', 'trace', 'experiment_id, started_at, id');
  for (const name of ['trace_tag', 'trace_metadata'])
    await make(name, ['trace_id', 'key'], { trace_id: 'text', key: 'text', value: 'text' });
  await make('trace_run', ['run_id', 'trace_id'], { run_id: 'text', trace_id: 'text' });
  await index(db, 'trace_run_trace', 'trace_run', 'trace_id');
}

async function index(db: Kysely<unknown>, name: string, table: string, columns: string): Promise<void> {
  await sql`create index ${sql.ref(name)} on ${sql.table(table)} (${sql.raw(columns)})`.execute(db);
}
