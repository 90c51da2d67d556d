import { type Kysely, sql } from 'kysely';
import { addColumns, type ColumnKind } from './column-kinds.ts';
import type { Migration } from './migration.ts';

/** The tables of the first release. */
export const firstTables: Migration = {
  name: 'first tables',
  up: async (db) => {
    await serverTables(db);
    await executionTables(db);
    await projectTables(db);
    await dataTables(db);
    await modelTables(db);
    await indexes(db);
  },
};

type Columns = Readonly<Record<string, ColumnKind | `${ColumnKind}?`>>;

function table(db: Kysely<unknown>, name: string, key: readonly string[], columns: Columns) {
  return addColumns(db.schema.createTable(name), columns).addPrimaryKeyConstraint(`${name}_key`, [
    ...key,
  ] as never[]);
}

async function serverTables(db: Kysely<unknown>): Promise<void> {
  await table(db, 'ledger_chain', ['chain'], {
    chain: 'text',
    head_hash: 'text',
    length: 'integer',
  }).execute();
  await table(db, 'ledger', ['chain', 'seq'], {
    chain: 'text',
    seq: 'integer',
    at: 'time',
    actor: 'text',
    action: 'text',
    subject: 'text',
    body: 'json',
    prev: 'text',
    hash: 'text',
  }).execute();
  await table(db, 'idempotency', ['key'], { key: 'text', at: 'time' }).execute();
  await table(db, 'account', ['id'], {
    id: 'text',
    name: 'text',
    kind: 'text',
    password_hash: 'text?',
    roles: 'json',
    disabled: 'flag',
    created_at: 'time',
  })
    .addUniqueConstraint('account_name', ['name'] as never[])
    .execute();
  await table(db, 'token', ['id'], {
    id: 'text',
    account_id: 'text',
    name: 'text',
    secret_hash: 'text',
    scopes: 'json?',
    created_at: 'time',
    expires_at: 'time?',
    last_used_at: 'time?',
    revoked_at: 'time?',
  })
    .addForeignKeyConstraint('token_account', ['account_id'] as never[], 'account', ['id'])
    .execute();
}

async function executionTables(db: Kysely<unknown>): Promise<void> {
  await table(db, 'execution', ['id'], {
    id: 'text',
    workflow: 'text',
    key: 'text',
    project: 'text?',
    state: 'text',
    input: 'json',
    result: 'json?',
    error: 'json?',
    actor: 'text',
    reason: 'text?',
    wake_at: 'time?',
    attempt: 'integer',
    lease_until: 'time?',
    worker: 'text?',
    created_at: 'time',
    updated_at: 'time',
  }).execute();
  await table(db, 'step', ['execution_id', 'name'], {
    execution_id: 'text',
    name: 'text',
    seq: 'integer',
    state: 'text',
    attempt: 'integer',
    result: 'json?',
    error: 'json?',
    started_at: 'time?',
    ended_at: 'time?',
  })
    .addForeignKeyConstraint('step_execution', ['execution_id'] as never[], 'execution', ['id'])
    .execute();
  await table(db, 'schedule', ['name'], {
    name: 'text',
    project: 'text?',
    workflow: 'text',
    input: 'json',
    actor: 'text',
    every_ms: 'integer',
    next_at: 'time?',
    last_at: 'time?',
  }).execute();
  await table(db, 'outbox', ['id'], {
    id: 'text',
    type: 'text',
    project: 'text?',
    body: 'json',
    created_at: 'time',
    attempts: 'integer',
    next_at: 'time?',
    done_at: 'time?',
  }).execute();
}

async function projectTables(db: Kysely<unknown>): Promise<void> {
  await table(db, 'project', ['name'], {
    name: 'text',
    owner: 'text',
    kind: 'text',
    statement: 'text',
    spec_hash: 'text',
    document: 'json',
    created_at: 'time',
    updated_at: 'time',
  }).execute();
  await table(db, 'project_revision', ['project', 'hash'], {
    project: 'text',
    hash: 'text',
    document: 'json',
    source: 'text',
    author: 'text',
    created_at: 'time',
  }).execute();
  await table(db, 'project_clock', ['project'], { project: 'text', at: 'time' }).execute();
  await table(db, 'plan', ['hash'], {
    hash: 'text',
    project: 'text',
    body: 'json',
    created_at: 'time',
  }).execute();
  const said: Columns = { verdict: 'text', reason: 'text', evidence: 'json', outputs: 'json' };
  await table(db, 'stage_result', ['project', 'stage'], {
    project: 'text',
    stage: 'text',
    key: 'text?',
    ...said,
    execution_id: 'text?',
    updated_at: 'time',
  }).execute();
  await table(db, 'stage_cache', ['project', 'stage', 'key'], {
    project: 'text',
    stage: 'text',
    key: 'text',
    ...said,
  }).execute();
  await recordTables(db);
}

async function recordTables(db: Kysely<unknown>): Promise<void> {
  await table(db, 'evidence', ['id'], {
    id: 'text',
    project: 'text',
    stage: 'text',
    kind: 'text',
    subject: 'text',
    verdict: 'text',
    title: 'text',
    body: 'json',
    hash: 'text',
    execution_id: 'text?',
    created_at: 'time',
  }).execute();
  await table(db, 'lineage', ['to_ref', 'from_ref', 'kind'], {
    from_ref: 'text',
    to_ref: 'text',
    kind: 'text',
    execution_id: 'text?',
    at: 'time',
  }).execute();
  await table(db, 'approval', ['id'], {
    id: 'text',
    project: 'text',
    gate: 'text',
    subject: 'text',
    by_role: 'text',
    not_author: 'flag',
    author: 'text',
    state: 'text',
    decided_by: 'text?',
    comment: 'text?',
    created_at: 'time',
    decided_at: 'time?',
    execution_id: 'text?',
  }).execute();
  await table(db, 'comment', ['id'], {
    id: 'text',
    project: 'text',
    subject: 'text',
    author: 'text',
    text: 'text',
    created_at: 'time',
  }).execute();
}

async function dataTables(db: Kysely<unknown>): Promise<void> {
  await table(db, 'dataset', ['project', 'name'], { project: 'text', name: 'text' }).execute();
  await table(db, 'dataset_version', ['id'], {
    id: 'text',
    project: 'text',
    dataset: 'text',
    hash: 'text',
    schema: 'json',
    row_count: 'integer',
    created_at: 'time',
  })
    .addUniqueConstraint('dataset_version_hash', ['project', 'dataset', 'hash'] as never[])
    .execute();
  await table(db, 'partition', ['project', 'dataset', 'version_hash', 'name'], {
    project: 'text',
    dataset: 'text',
    name: 'text',
    version_hash: 'text',
    content_hash: 'text',
    blob_hash: 'text',
    row_count: 'integer',
    quarantined: 'flag',
    reason: 'text?',
    seq: 'integer',
  }).execute();
  await table(db, 'run', ['id'], {
    id: 'text',
    project: 'text',
    name: 'text',
    state: 'text',
    started_at: 'time?',
    ended_at: 'time?',
    params: 'json',
    tags: 'json',
    inputs: 'json',
    outputs: 'json',
    digest: 'text?',
  }).execute();
  await table(db, 'run_metric', ['run_id', 'key', 'step', 'at'], {
    run_id: 'text',
    key: 'text',
    step: 'integer',
    value: 'real?',
    at: 'time',
  })
    .addForeignKeyConstraint('run_metric_run', ['run_id'] as never[], 'run', ['id'])
    .execute();
}

async function modelTables(db: Kysely<unknown>): Promise<void> {
  await table(db, 'model', ['name'], { name: 'text', project: 'text' }).execute();
  await table(db, 'model_version', ['id'], {
    id: 'text',
    model: 'text',
    version: 'integer',
    run_id: 'text?',
    blob_hash: 'text?',
    manifest_hash: 'text?',
    state: 'text',
    created_at: 'time',
  })
    .addUniqueConstraint('model_version_number', ['model', 'version'] as never[])
    .execute();
  await table(db, 'model_alias', ['model', 'alias'], {
    model: 'text',
    alias: 'text',
    version: 'integer',
  }).execute();
  await table(db, 'endpoint', ['name'], {
    name: 'text',
    project: 'text',
    generation: 'integer',
    state: 'text',
  }).execute();
  await table(db, 'release', ['hash'], {
    hash: 'text',
    endpoint: 'text',
    version: 'text',
    manifest: 'json',
    created_at: 'time',
  }).execute();
  await table(db, 'route', ['endpoint', 'release_hash'], {
    endpoint: 'text',
    release_hash: 'text',
    weight: 'real',
    role: 'text',
  }).execute();
  await table(db, 'rollout', ['id'], {
    id: 'text',
    endpoint: 'text',
    from_release: 'text?',
    to_release: 'text',
    state: 'text',
    step: 'integer',
    counts: 'json',
    started_at: 'time',
    updated_at: 'time',
    body: 'json',
  }).execute();
}

async function indexes(db: Kysely<unknown>): Promise<void> {
  const plain: readonly (readonly [string, readonly string[]])[] = [
    ['token', ['account_id']],
    ['project_revision', ['project', 'created_at']],
    ['plan', ['project', 'created_at']],
    ['evidence', ['project', 'stage', 'created_at']],
    ['evidence', ['subject']],
    ['lineage', ['from_ref']],
    ['approval', ['project', 'state']],
    ['approval', ['execution_id']],
    ['comment', ['project', 'subject', 'created_at']],
    ['partition', ['blob_hash']],
    ['run', ['project', 'started_at']],
    ['model', ['project']],
    ['model_version', ['run_id']],
    ['endpoint', ['project']],
    ['release', ['endpoint', 'created_at']],
    ['rollout', ['endpoint', 'started_at']],
    ['execution', ['project', 'created_at']],
    ['schedule', ['next_at']],
  ];
  for (const [on, columns] of plain) {
    await db.schema
      .createIndex(`${on}_by_${columns.join('_')}`)
      .on(on)
      .columns([...columns] as never[])
      .execute();
  }
  // At most one unfinished execution for a workflow and key; finished ones are history and may be many.
  const unfinished = sql<boolean>`state in ('queued', 'running', 'waiting')`;
  const execution = db.schema.createIndex('execution_unfinished').unique().on('execution');
  await execution
    .columns(['workflow', 'key'] as never[])
    .where(unfinished)
    .execute();
  const outbox = db.schema
    .createIndex('outbox_due')
    .on('outbox')
    .columns(['next_at'] as never[]);
  await outbox.where(sql<boolean>`done_at is null`).execute();
}
