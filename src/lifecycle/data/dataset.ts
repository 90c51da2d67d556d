import { hashJson } from '../../kernel/hash.ts';
import { newId } from '../../kernel/id.ts';
import type { JsonObject } from '../../kernel/json.ts';
import { build } from '../../store/build.ts';
import type { Statement } from '../../store/database.ts';
import { jsonText } from '../../store/json-text.ts';
import { parquetRelation } from '../../table/tables.ts';
import type { TableColumn } from '../../table/table-schema.ts';
import type { StageScope } from '../stage-scope.ts';
import type { IngestedPartition } from './ingest-partition.ts';

/** An immutable state of named data: what later stages and every reproduction refer to. */
export interface DatasetVersion {
  readonly dataset: string;
  /** Hash of schema and content of the accepted partitions, in order. */
  readonly hash: string;
  readonly columns: readonly TableColumn[];
  /** The column by whose moments the partitions are cut; null where the source has none. */
  readonly timeColumn: string | null;
  readonly rows: number;
  /** The file that the declared rows were read from, by its address in tend.yaml and its SHA-256. */
  readonly source: { readonly uri: string; readonly hash: string };
  /** All partitions, those set aside too. */
  readonly partitions: readonly IngestedPartition[];
}

/** Puts checked partitions together as a version. The same rows and schema always give the same hash. */
export function datasetVersion(
  of: Pick<DatasetVersion, 'dataset' | 'columns' | 'timeColumn' | 'source'>,
  partitions: readonly IngestedPartition[],
): DatasetVersion {
  const { dataset, columns } = of;
  const accepted = acceptedPartitions(partitions);
  const content = accepted.map(({ name, contentHash }) => ({ name, contentHash }));
  return {
    ...of,
    hash: hashJson({ dataset, columns: columns.map(({ name, type }) => ({ name, type })), content }),
    rows: accepted.reduce((sum, partition) => sum + partition.rows, 0),
    partitions,
  };
}

/** The partitions that are part of the version. */
export function acceptedPartitions(partitions: readonly IngestedPartition[]): IngestedPartition[] {
  return partitions.filter((partition) => partition.refused === null);
}

/** The accepted rows as an SQL relation in row order; undefined while there is none. */
export function versionRelation(
  scope: Pick<StageScope, 'blobs'>,
  partitions: readonly IngestedPartition[],
): string | undefined {
  const paths = acceptedPartitions(partitions).map((partition) => scope.blobs.path(partition.blob));
  return paths.length === 0 ? undefined : parquetRelation(paths);
}

/**
 * Rows that make a version known: the dataset, the version, its partitions. A version seen before adds
 * nothing.
 */
export function versionStatements(scope: StageScope, version: DatasetVersion): Statement[] {
  const { project } = scope;
  const schema = jsonText(version.columns as unknown as JsonObject[]);
  const row = {
    id: newId('dsv', scope.clock, scope.random),
    project,
    dataset: version.dataset,
    hash: version.hash,
    schema,
    row_count: version.rows,
    created_at: scope.clock.now(),
  };
  const partitions = version.partitions.map((partition, seq) => ({
    project,
    dataset: version.dataset,
    name: partition.name,
    version_hash: version.hash,
    content_hash: partition.contentHash,
    blob_hash: partition.blob,
    row_count: partition.rows,
    quarantined: partition.refused === null ? 0 : 1,
    reason: partition.refused,
    seq,
  }));
  const quiet = [
    build.insertInto('dataset').values({ project, name: version.dataset }),
    build.insertInto('dataset_version').values(row),
    ...(partitions.length === 0 ? [] : [build.insertInto('partition').values(partitions)]),
  ];
  return quiet.map((insert) => ({ query: insert.onConflict((conflict) => conflict.doNothing()) }));
}
