import { TendError } from '../../../kernel/error.ts';
import type { Json, JsonObject } from '../../../kernel/json.ts';
import type { Database } from '../../../store/database.ts';
import { type Evidence, listEvidence } from '../../../store/evidence.ts';
import { parseJsonText } from '../../../store/json-text.ts';
import type { DatasetVersionTable } from '../../../store/tables/model-tables.ts';
import type { SheetFacts } from './sheet-facts.ts';

/** Which dataset; `version`: the hash or the beginning of it, else the newest. */
export interface DatasetQuestion {
  readonly dataset: string;
  readonly project?: string;
  readonly version?: string;
}

/**
 * Reads what is recorded of a dataset version.
 * @throws NOT_FOUND; INVALID_INPUT when datasets of several projects have the name
 */
export async function readSheetFacts(db: Database, question: DatasetQuestion): Promise<SheetFacts> {
  const versions = await findVersions(db, question);
  const row = chosen(versions, question);
  const { project, dataset, hash } = row;
  const partitions = await db.query
    .selectFrom('partition')
    .select(['name', 'content_hash', 'blob_hash', 'row_count', 'quarantined', 'reason'])
    .where('project', '=', project)
    .where('dataset', '=', dataset)
    .where('version_hash', '=', hash)
    .orderBy('seq')
    .execute();
  const subjects = [hash, ...partitions.map((partition) => partition.content_hash)];
  return {
    project,
    dataset,
    hash,
    rows: row.row_count,
    columns: parseJsonText(row.schema) as unknown as SheetFacts['columns'],
    createdAt: row.created_at,
    partitions,
    versions: versions.map((one) => ({ hash: one.hash, rows: one.row_count, createdAt: one.created_at })),
    ...(await readDeclared(db, project, dataset)),
    evidence: await readEvidence(db, project, subjects),
    trained: await readTrained(db, project, hash),
    received: await readReceived(db, project),
  };
}

async function findVersions(db: Database, question: DatasetQuestion): Promise<DatasetVersionTable[]> {
  const { dataset, project } = question;
  let query = db.query.selectFrom('dataset_version').selectAll().where('dataset', '=', dataset);
  if (project !== undefined) query = query.where('project', '=', project);
  const rows = await query.orderBy('created_at').orderBy('id').execute();
  if (rows.length === 0) {
    const where = project === undefined ? '' : ` in ${project}`;
    throw new TendError('NOT_FOUND', `there is no dataset ${dataset}${where}`);
  }
  const projects = [...new Set(rows.map((row) => row.project))].sort();
  if (projects.length > 1) {
    const message = `name the project: ${projects.slice(0, 5).join(', ')} have a dataset of this name`;
    throw new TendError('INVALID_INPUT', `project: ${message}`, { fields: [{ path: 'project', message }] });
  }
  return rows;
}

function chosen(versions: readonly DatasetVersionTable[], question: DatasetQuestion): DatasetVersionTable {
  const { version, dataset } = question;
  const row = version === undefined ? versions.at(-1) : versions.find(({ hash }) => hash.startsWith(version));
  if (row === undefined) throw new TendError('NOT_FOUND', `${dataset} has no version ${version ?? ''}`);
  return row;
}

async function readDeclared(
  db: Database,
  project: string,
  dataset: string,
): Promise<Pick<SheetFacts, 'owner' | 'declared'>> {
  const row = await db.query
    .selectFrom('project')
    .select(['owner', 'document'])
    .where('name', '=', project)
    .executeTakeFirst();
  const document = (row === undefined ? {} : parseJsonText(row.document)) as {
    readonly data?: {
      readonly sources?: Readonly<Record<string, JsonObject>>;
      readonly contract?: Readonly<Record<string, readonly Json[]>>;
    };
    readonly decommissioning?: JsonObject;
  };
  return {
    owner: row?.owner ?? null,
    declared: {
      source: document.data?.sources?.[dataset] ?? null,
      contract: document.data?.contract?.[dataset] ?? [],
      decommissioning: document.decommissioning ?? null,
    },
  };
}

async function readEvidence(db: Database, project: string, subjects: readonly string[]): Promise<Evidence[]> {
  const rows = await db.query
    .selectFrom('evidence')
    .select('id')
    .where('project', '=', project)
    .where('stage', '=', 'data')
    .where((where) =>
      where.or([where('subject', 'in', subjects), where('kind', 'in', ['feature-set', 'feature-table'])]),
    )
    .orderBy('id')
    .execute();
  return listEvidence(
    db,
    rows.map(({ id }) => id),
  );
}

async function readTrained(db: Database, project: string, hash: string): Promise<SheetFacts['trained']> {
  const rows = await db.query
    .selectFrom('lineage')
    .innerJoin('model_version', 'model_version.run_id', 'lineage.to_ref')
    .innerJoin('model', 'model.name', 'model_version.model')
    .select(['model_version.model', 'model_version.version', 'lineage.to_ref'])
    .where('lineage.from_ref', '=', hash)
    .where('lineage.kind', '=', 'trained-on')
    .where('model.project', '=', project)
    .orderBy('model_version.model')
    .orderBy('model_version.version')
    .execute();
  return rows.map((row) => ({ model: row.model, version: row.version, run: row.to_ref }));
}

async function readReceived(db: Database, project: string): Promise<SheetFacts['received']> {
  const row = await db.query
    .selectFrom('log_part')
    .select((select) => [
      select.fn.countAll().as('parts'),
      select.fn.sum<number | string | null>('row_count').as('rows'),
    ])
    .where('project', '=', project)
    .where('kind', '=', 'outcomes')
    .executeTakeFirst();
  return { parts: Number(row?.parts ?? 0), rows: Number(row?.rows ?? 0) };
}
