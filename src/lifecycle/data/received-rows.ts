import { sqlName, sqlText, sqlTime } from '../../table/sql-name.ts';
import { parquetRelation } from '../../table/tables.ts';
import type { TableColumn } from '../../table/table-schema.ts';
import type { KeyScope, StageScope } from '../stage-scope.ts';
import { type DatasetVersion, datasetVersion } from './dataset.ts';
import { partitionStep, versionStep } from './ingest.ts';
import type { IngestedPartition } from './ingest-partition.ts';
import { KNOWN_COLUMN, listPartitions } from './source-reader.ts';
import type { DataSpec } from './spec.ts';

/** The column of a log part that says when an outcome was received, on the project clock. */
export const RECEIVED_COLUMN = 'tend_received';

/** The rule of a received row at which the declared SQL fails: it is kept in the log and in no version. */
export const UNCOMPUTABLE = 'the declared SQL can be computed';

/** Sealed outcomes that were received before a moment of the project clock, as a version takes them in. */
export interface ReceivedParts {
  readonly until: number;
  /** Blobs in the order in which they were sealed. */
  readonly blobs: readonly string[];
}

/**
 * The sealed logs of outcomes of a project, oldest first: Parquet blobs with the raw columns of the source,
 * its `row`, `tend_known` and `tend_received`. Sealing is monitoring's; the rows are data like any other.
 */
export async function receivedParts(
  scope: Pick<KeyScope, 'db' | 'project'>,
  until: number,
): Promise<ReceivedParts> {
  const rows = await scope.db.query
    .selectFrom('log_part')
    .select('blob_hash')
    .where('project', '=', scope.project)
    .where('kind', '=', 'outcomes')
    .where('from_at', '<', until)
    .orderBy('id')
    .execute();
  return { until, blobs: rows.map((row) => row.blob_hash) };
}

/** The raw columns of received rows as a relation; undefined while nothing was received. */
export function receivedRelation(
  scope: Pick<StageScope, 'blobs'>,
  columns: readonly TableColumn[],
  { until, blobs }: ReceivedParts,
): string | undefined {
  if (blobs.length === 0) return undefined;
  const names = [...columns.map((column) => column.name), KNOWN_COLUMN].map(sqlName).join(', ');
  const files = parquetRelation(blobs.map((hash) => scope.blobs.path(hash)));
  const computed = `tend_rule IS DISTINCT FROM ${sqlText(UNCOMPUTABLE)}`;
  return `(SELECT ${names} FROM ${files} WHERE ${RECEIVED_COLUMN} < ${sqlTime(until)} AND ${computed})`;
}

/**
 * A version grown by what was received: its declared rows as they are, and each partition of received rows
 * through the same checks as a file's. A partition to which rows may still come is not held to rules on its
 * size.
 */
export async function growVersion(
  scope: StageScope,
  data: DataSpec,
  base: DatasetVersion,
  versions: Readonly<Record<string, DatasetVersion>>,
  parts: ReceivedParts,
): Promise<{ readonly version: DatasetVersion; readonly evidence: readonly string[] }> {
  const spec = data.sources[base.dataset];
  const relation = receivedRelation(scope, base.columns, parts);
  if (spec === undefined || relation === undefined) return { version: base, evidence: [] };
  await using session = await scope.tables.session();
  const source = { relation, columns: base.columns };
  const done: IngestedPartition[] = base.partitions.filter((partition) => !partition.received);
  const evidence: string[] = [];
  for (const partition of await listPartitions(session, source, spec)) {
    scope.workflow.report({ text: `data: ${base.dataset} ${partition.name}, as received` });
    const taken = done.some(({ name }) => name === partition.name);
    const step = await partitionStep(scope, session, {
      data,
      dataset: base.dataset,
      source,
      // A file that ends within a month leaves the rest of it to what is received.
      partition: taken ? { ...partition, name: `${partition.name}-received` } : partition,
      done,
      versions,
      received: true,
      open: taken || partition.to === undefined || partition.to > parts.until,
    });
    done.push(step.result);
    evidence.push(...step.evidence);
  }
  const stored = await versionStep(scope, datasetVersion(base, done));
  return { version: stored.result, evidence: [...evidence, ...stored.evidence] };
}
