import { sql } from 'kysely';
import type { Database } from './database.ts';
import type { Tables } from './tables/tables.ts';

/**
 * A column that keeps blobs alive. `text`: the value is the hash. `json`: every hash in it counts, whatever
 * it is called there. Rows for which `while` does not hold have let go of theirs.
 */
interface BlobColumn {
  readonly table: keyof Tables;
  readonly column: string;
  readonly holds: 'text' | 'json';
  readonly while?: string;
}

const NOT_RETIRED_PROJECT = (column: string): string =>
  `${column} not in (select name from tombstone where kind = 'project')`;
// An exit names what it erases, and the archive that it makes is held by its row.
const UNFINISHED =
  "select id from execution where state in ('queued', 'running', 'waiting') and workflow <> 'exit'";
const LIVING_VERSIONS = "select run_id from model_version where state <> 'retired' and run_id is not null";
const KNOWN_VERSIONS = 'select run_id from model_version where run_id is not null';

/**
 * Every place whose rows need the bytes of a blob. What is not named here, such as evidence and the ledger,
 * tells of blobs and outlives them. A test compares this list and `NO_BLOB_COLUMNS` with the schema.
 */
export const BLOB_COLUMNS: readonly BlobColumn[] = [
  { table: 'partition', column: 'blob_hash', holds: 'text', while: NOT_RETIRED_PROJECT('project') },
  { table: 'model_version', column: 'blob_hash', holds: 'text', while: "state <> 'retired'" },
  { table: 'model_version', column: 'manifest_hash', holds: 'text', while: "state <> 'retired'" },
  {
    table: 'run',
    column: 'outputs',
    holds: 'json',
    // A run whose version is not registered yet may still become one.
    while: `id in (${LIVING_VERSIONS}) or id not in (${KNOWN_VERSIONS})`,
  },
  { table: 'route', column: 'release_hash', holds: 'text' },
  { table: 'release', column: 'hash', holds: 'text', while: 'hash in (select release_hash from route)' },
  { table: 'release', column: 'manifest', holds: 'json', while: 'hash in (select release_hash from route)' },
  { table: 'rollout', column: 'from_release', holds: 'text', while: "state = 'running'" },
  { table: 'rollout', column: 'to_release', holds: 'text', while: "state = 'running'" },
  { table: 'rollout', column: 'body', holds: 'json', while: "state = 'running'" },
  { table: 'log_part', column: 'blob_hash', holds: 'text' },
  { table: 'feature_history', column: 'blob_hash', holds: 'text', while: NOT_RETIRED_PROJECT('project') },
  { table: 'archive', column: 'blob_hash', holds: 'text' },
  { table: 'artifact', column: 'blob_hash', holds: 'text' },
  { table: 'artifact_part', column: 'blob_hash', holds: 'text' },
  {
    table: 'candidate',
    column: 'release_hash',
    holds: 'text',
    while: "state in ('training', 'judged', 'canary')",
  },
  { table: 'candidate', column: 'body', holds: 'json', while: "state in ('training', 'judged', 'canary')" },
  { table: 'retraining', column: 'body', holds: 'json', while: "state in ('running', 'promoted')" },
  // A result whose key was taken away stands for no work any more.
  { table: 'stage_result', column: 'outputs', holds: 'json', while: 'key is not null' },
  { table: 'stage_cache', column: 'outputs', holds: 'json' },
  { table: 'step', column: 'result', holds: 'json', while: `execution_id in (${UNFINISHED})` },
  { table: 'execution', column: 'input', holds: 'json', while: `id in (${UNFINISHED})` },
];

/**
 * Columns that look as if they held blobs and hold none, or only tell of them: hashes of documents, secrets,
 * rows and entries, and bodies that are history.
 */
export const NO_BLOB_COLUMNS: readonly `${keyof Tables}.${string}`[] = [
  'account.password_hash',
  'account.roles',
  'action.body',
  'archive.manifest',
  'artifact_upload.secret_hash',
  'assessment.body',
  'candidate.evidence',
  'dataset_version.hash',
  'dataset_version.schema',
  'endpoint.body',
  'evaluation_dataset.schema',
  'evaluation_record.body',
  'evaluation_record.input_hash',
  'evidence.body',
  'evidence.hash',
  'execution.error',
  'execution.result',
  'incident.body',
  'incident.evidence',
  'ledger.body',
  'ledger.hash',
  'ledger_chain.head_hash',
  'monitor_window.body',
  'outbox.body',
  'partition.content_hash',
  'partition.version_hash',
  'plan.body',
  'plan.hash',
  'project.document',
  'project.spec_hash',
  'project_revision.document',
  'project_revision.hash',
  'released_blob.hash',
  'retraining.effect',
  'rollout.counts',
  'run.inputs',
  'run.params',
  'run.tags',
  'run_input.tags',
  'schedule.input',
  'scorer_version.body',
  'span.attributes',
  'span.body',
  'stage_cache.evidence',
  'stage_result.evidence',
  'step.error',
  'token.scopes',
  'token.secret_hash',
  'webhook.events',
  'webhook_delivery.body',
];

const HASH = /[0-9a-f]{64}/g;

/** Hashes in one `in (…)`: far below the 32,766 parameters that SQLite takes. */
const HASHES_AT_ONCE = 500;

/**
 * Who still needs these blobs: for each hash that something refers to, the columns that do, as
 * `table.column`. A hash that is not in the answer may be deleted; whoever deletes must see to it that nobody
 * is about to refer to it.
 */
export async function blobReferences(
  db: Database,
  hashes: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const wanted = new Set(hashes);
  const found = new Map<string, string[]>();
  const note = (hash: string, by: string): void => {
    const known = found.get(hash) ?? [];
    if (!known.includes(by)) found.set(hash, [...known, by]);
  };
  for (const place of BLOB_COLUMNS) {
    const by = `${place.table}.${place.column}`;
    const texts =
      place.holds === 'text' ? await heldHashes(db, place, [...wanted]) : await heldBodies(db, place);
    for (const text of texts) {
      for (const hash of hashesIn(text)) if (wanted.has(hash)) note(hash, by);
    }
  }
  return found;
}

/** Every hash that stands in a text, such as a JSON body, in the order of appearance. */
export function hashesIn(text: string): string[] {
  return text.match(HASH) ?? [];
}

async function heldHashes(
  db: Database,
  place: BlobColumn,
  hashes: readonly string[],
): Promise<readonly string[]> {
  const found: string[] = [];
  for (let first = 0; first < hashes.length; first += HASHES_AT_ONCE) {
    const some = hashes.slice(first, first + HASHES_AT_ONCE);
    found.push(...(await values(db, place, sql`${sql.ref(place.column)} in (${sql.join(some)})`)));
  }
  return found;
}

function heldBodies(db: Database, place: BlobColumn): Promise<readonly string[]> {
  return values(db, place, sql`${sql.ref(place.column)} is not null`);
}

/** Values of a column in the rows that hold. */
async function values(
  db: Database,
  { table, column, while: holds }: BlobColumn,
  where: ReturnType<typeof sql>,
): Promise<readonly string[]> {
  const living = holds === undefined ? sql`true` : sql.raw(`(${holds})`);
  const { rows } = await sql<{ readonly value: string }>`
    select ${sql.ref(column)} as value from ${sql.table(table)} where ${where} and ${living}
  `.execute(db.query);
  return rows.map((row) => row.value);
}
