import { type Kysely, sql } from 'kysely';
import { addColumns, type ColumnKind } from './column-kinds.ts';
import type { Migration } from './migration.ts';

/** What happens after deployment: the logs of live traffic, incidents, retrainings, exits. */
export const theLoop: Migration = {
  name: 'the loop',
  up: async (db) => {
    await db.schema.alterTable('project_revision').addColumn('clock', 'bigint').execute();
    await liveTables(db);
    await incidentTables(db);
    await retrainingTables(db);
    await exitTables(db);
    await db.schema.alterTable('endpoint').addColumn('body', 'text').execute();
  },
};

type Columns = Readonly<Record<string, ColumnKind | `${ColumnKind}?`>>;

async function table(
  db: Kysely<unknown>,
  name: string,
  key: readonly string[],
  columns: Columns,
): Promise<void> {
  await addColumns(db.schema.createTable(name), columns)
    .addPrimaryKeyConstraint(`${name}_key`, [...key] as never[])
    .execute();
}

async function liveTables(db: Kysely<unknown>): Promise<void> {
  await table(db, 'log_part', ['id'], {
    id: 'text',
    project: 'text',
    endpoint: 'text',
    kind: 'text',
    name: 'text',
    from_at: 'time',
    to_at: 'time',
    id_min: 'text',
    id_max: 'text',
    row_count: 'integer',
    blob_hash: 'text',
    created_at: 'time',
  });
  await db.schema
    .createIndex('log_part_name')
    .unique()
    .on('log_part')
    .columns(['endpoint', 'kind', 'name'])
    .execute();
  await db.schema
    .createIndex('log_part_time')
    .on('log_part')
    .columns(['project', 'kind', 'from_at'])
    .execute();
  await db.schema.createIndex('log_part_id').on('log_part').columns(['kind', 'id_min', 'id_max']).execute();
  await table(db, 'feature_history', ['project', 'name', 'from_at'], {
    project: 'text',
    name: 'text',
    from_at: 'time',
    to_at: 'time',
    refresh_ms: 'integer',
    row_count: 'integer',
    blob_hash: 'text',
    created_at: 'time',
  });
  await table(db, 'monitor_window', ['project', 'monitor', 'to_at'], {
    project: 'text',
    monitor: 'text',
    from_at: 'time',
    to_at: 'time',
    verdict: 'text',
    value: 'real?',
    low: 'real?',
    high: 'real?',
    bound: 'real?',
    body: 'json',
    created_at: 'time',
  });
}

async function incidentTables(db: Kysely<unknown>): Promise<void> {
  await table(db, 'incident', ['id'], {
    id: 'text',
    project: 'text',
    cause: 'text',
    severity: 'text',
    state: 'text',
    owner: 'text',
    title: 'text',
    what_to_do: 'text',
    seen: 'integer',
    evidence: 'json',
    body: 'json',
    opened_at: 'time',
    last_at: 'time',
    resolved_at: 'time?',
    resolved_by: 'text?',
    resolution: 'text?',
    created_at: 'time',
    updated_at: 'time',
  });
  // One open incident for each cause, whoever looks first.
  await sql`create unique index incident_open on incident (project, cause) where state <> 'resolved'`.execute(
    db,
  );
  await db.schema.createIndex('incident_project').on('incident').columns(['project', 'opened_at']).execute();
  await table(db, 'action', ['id'], {
    id: 'text',
    project: 'text',
    incident_id: 'text',
    kind: 'text',
    state: 'text',
    at: 'time',
    due_at: 'time?',
    body: 'json',
    decided_by: 'text?',
    created_at: 'time',
    updated_at: 'time',
  });
  await db.schema.createIndex('action_incident').on('action').column('incident_id').execute();
  await db.schema.createIndex('action_project').on('action').columns(['project', 'kind', 'at']).execute();
  await table(db, 'webhook', ['id'], {
    id: 'text',
    project: 'text?',
    url: 'text',
    events: 'json',
    secret: 'text',
    state: 'text',
    created_at: 'time',
  });
  await table(db, 'webhook_delivery', ['id'], {
    id: 'text',
    webhook_id: 'text',
    event: 'text',
    state: 'text',
    attempts: 'integer',
    next_at: 'time?',
    last_status: 'integer?',
    last_error: 'text?',
    body: 'json',
    created_at: 'time',
    updated_at: 'time',
  });
  await db.schema
    .createIndex('webhook_delivery_due')
    .on('webhook_delivery')
    .columns(['state', 'next_at'])
    .execute();
}

async function retrainingTables(db: Kysely<unknown>): Promise<void> {
  await table(db, 'retraining', ['id'], {
    id: 'text',
    project: 'text',
    execution_id: 'text?',
    trigger: 'text',
    incident_id: 'text?',
    at: 'time',
    state: 'text',
    reason: 'text',
    champion: 'integer?',
    promoted: 'integer?',
    effect: 'json?',
    body: 'json',
    created_at: 'time',
    updated_at: 'time',
  });
  await db.schema.createIndex('retraining_project').on('retraining').columns(['project', 'at']).execute();
  await table(db, 'candidate', ['id'], {
    id: 'text',
    project: 'text',
    retraining_id: 'text',
    window: 'text',
    model: 'text',
    version: 'integer?',
    release_hash: 'text?',
    state: 'text',
    reason: 'text',
    evidence: 'json',
    body: 'json',
    at: 'time',
    created_at: 'time',
    updated_at: 'time',
  });
  await db.schema.createIndex('candidate_retraining').on('candidate').column('retraining_id').execute();
}

async function exitTables(db: Kysely<unknown>): Promise<void> {
  await table(db, 'archive', ['id'], {
    id: 'text',
    project: 'text',
    kind: 'text',
    subject: 'text',
    blob_hash: 'text',
    size_bytes: 'integer',
    manifest: 'json',
    created_at: 'time',
  });
  await table(db, 'tombstone', ['kind', 'name'], {
    kind: 'text',
    name: 'text',
    project: 'text',
    successor: 'text?',
    certificate: 'text',
    archive_id: 'text?',
    at: 'time',
  });
}
