import { TendError } from '../../kernel/error.ts';
import { asJson, type JsonObject } from '../../kernel/json.ts';
import { profileJson } from '../../table/profile.ts';
import type { TableSession } from '../../table/tables.ts';
import { type Evidenced, evidencedStep, type StageScope } from '../stage-scope.ts';
import { assertSameTypes } from './assert-same-types.ts';
import { assertContract } from './assert-contract.ts';
import { checkResultsJson } from './check-partition.ts';
import {
  acceptedPartitions,
  type DatasetVersion,
  datasetVersion,
  versionRelation,
  versionStatements,
} from './dataset.ts';
import { type IngestedPartition, ingestPartition } from './ingest-partition.ts';
import { hashFile, resolveSource } from './resolve-source.ts';
import {
  listPartitions,
  openSource,
  ROW_COLUMN,
  type SourcePartition,
  type SourceRelation,
} from './source-reader.ts';
import { referredSources } from './check-spec.ts';
import type { DataSpec } from './spec.ts';

/** The versions that ingestion yields, by source, with the evidence of their checks. */
export interface Ingested {
  readonly versions: Readonly<Record<string, DatasetVersion>>;
  readonly evidence: readonly string[];
}

/**
 * Reads, checks and stores every source, one durable step for each partition. `until`: rows from that event
 * time on are left to the replay.
 */
export async function ingest(
  scope: StageScope,
  data: DataSpec,
  until: number | null = null,
): Promise<Ingested> {
  const versions: Record<string, DatasetVersion> = {};
  const evidence: string[] = [];
  const files = Object.values(data.sources).map((source) => resolveSource(scope.projectDir, source.uri));
  await using session = await scope.tables.session(files);
  for (const name of sourceOrder(data)) {
    const done = await ingestSource(scope, session, { data, dataset: name, versions, until });
    versions[name] = done.result;
    evidence.push(...done.evidence);
  }
  return { versions, evidence };
}

/** Sources whose values others are checked against come before them. */
function sourceOrder(data: DataSpec): string[] {
  const order = new Set<string>();
  const started = new Set<string>();
  const visit = (name: string): void => {
    if (started.has(name) || data.sources[name] === undefined) return;
    started.add(name);
    for (const other of referredSources(data.contract?.[name] ?? [])) visit(other);
    order.add(name);
  };
  Object.keys(data.sources).forEach(visit);
  return [...order];
}

async function ingestSource(
  scope: StageScope,
  session: TableSession,
  { data, dataset, versions, until }: SourceWork,
): Promise<Evidenced<DatasetVersion>> {
  const spec = data.sources[dataset];
  if (spec === undefined) throw new TendError('NOT_FOUND', `there is no source ${dataset}`);
  const source = await openSource(session, dataset, spec, resolveSource(scope.projectDir, spec.uri), until);
  await assertSameTypes(scope, session, dataset, source);
  await assertContract(session, data.contract?.[dataset] ?? [], {
    dataset,
    columns: source.columns.filter((column) => column.name !== ROW_COLUMN),
    relation: source.relation,
    source: (name) => versions[name]?.columns,
  });
  const listed = await listPartitions(session, source, spec);
  const done: IngestedPartition[] = [];
  const evidence: string[] = [];
  for (const [index, partition] of listed.entries()) {
    scope.workflow.report({ text: `data: ${dataset} ${partition.name}`, share: index / listed.length });
    const step = await partitionStep(scope, session, {
      data,
      dataset,
      source,
      partition,
      done,
      versions,
      received: false,
    });
    done.push(step.result);
    evidence.push(...step.evidence);
  }
  const of = {
    dataset,
    columns: source.columns,
    timeColumn: spec.time ?? null,
    source: { uri: spec.uri, hash: await hashFile(resolveSource(scope.projectDir, spec.uri)) },
  };
  const stored = await versionStep(scope, datasetVersion(of, done));
  return { result: stored.result, evidence: [...evidence, ...stored.evidence] };
}

/** What a source is read for. */
interface SourceWork {
  readonly data: DataSpec;
  readonly dataset: string;
  readonly versions: Readonly<Record<string, DatasetVersion>>;
  readonly until: number | null;
}

/** Makes a version known, as a step of its own. */
export function versionStep(scope: StageScope, version: DatasetVersion): Promise<Evidenced<DatasetVersion>> {
  return evidencedStep<DatasetVersion>(scope, 'data', `version:${version.dataset}`, async () => {
    return {
      result: version,
      statements: versionStatements(scope, version),
      evidence: [
        {
          kind: 'dataset-version',
          subject: version.hash,
          verdict: 'info' as const,
          title: versionTitle(version),
          body: versionBody(version),
        },
      ],
    };
  });
}

/** One partition of a source, with what its checks look at. */
export interface PartitionWork {
  readonly data: DataSpec;
  readonly dataset: string;
  readonly source: SourceRelation;
  readonly partition: SourcePartition;
  readonly done: readonly IngestedPartition[];
  readonly versions: Readonly<Record<string, DatasetVersion>>;
  readonly received: boolean;
  /** A partition to which rows may still come is not held to rules on its number of rows. */
  readonly open?: boolean;
}

/** Checks and keeps one partition, as a step of its own. */
export function partitionStep(
  scope: StageScope,
  session: TableSession,
  work: PartitionWork,
): Promise<Evidenced<IngestedPartition>> {
  const { data, dataset, source, partition, done } = work;
  return evidencedStep<IngestedPartition>(
    scope,
    'data',
    `partition:${dataset}:${partition.name}`,
    async () => {
      const earlier = versionRelation(scope, done);
      const rowsBefore = rowsOfLast(acceptedPartitions(done));
      const ingested = await ingestPartition(scope, session, {
        dataset,
        spec: data.sources[dataset] as DataSpec['sources'][string],
        source,
        partition,
        checks: (data.contract?.[dataset] ?? []).filter((check) => work.open !== true || !('rows' in check)),
        received: work.received,
        accepted: (name) => versionRelation(scope, work.versions[name]?.partitions ?? []),
        ...(earlier === undefined ? {} : { earlier }),
        ...(rowsBefore === undefined ? {} : { rowsBefore }),
      });
      const failed = ingested.checks.filter((check) => check.verdict === 'fail');
      const stopped = ingested.partition.refused !== null;
      return {
        result: ingested.partition,
        evidence: [
          {
            kind: 'data-checks',
            subject: ingested.partition.contentHash,
            verdict: stopped ? ('fail' as const) : ('pass' as const),
            title: partitionTitle(dataset, ingested.partition, failed.length),
            body: {
              dataset,
              partition: asJson(ingested.partition),
              checks: checkResultsJson(ingested.checks, source.columns),
              profile: profileJson(ingested.profile),
            },
          },
        ],
      };
    },
  );
}

/** Rows of the last partition, with those of its month or day that came another way. */
function rowsOfLast(accepted: readonly IngestedPartition[]): number | undefined {
  const last = accepted.at(-1);
  if (last === undefined) return undefined;
  const same = accepted.filter(({ from, to }) => from === last.from && to === last.to && from !== null);
  return same.length === 0 ? last.rows : same.reduce((sum, { rows }) => sum + rows, 0);
}

function partitionTitle(dataset: string, partition: IngestedPartition, failed: number): string {
  const start = `${dataset} ${partition.name}: ${partition.rows.toLocaleString('en')} rows`;
  if (partition.refused !== null) return `${start}, set aside: ${partition.refused}`;
  const aside = partition.quarantinedRows === 0 ? '' : `, ${partition.quarantinedRows} rows set aside`;
  return failed === 0 ? start : `${start}, ${failed} ${failed === 1 ? 'check' : 'checks'} failed${aside}`;
}

function versionTitle({ dataset, rows, partitions }: DatasetVersion): string {
  const accepted = acceptedPartitions(partitions).length;
  return `${dataset}: ${rows.toLocaleString('en')} rows in ${accepted} partitions`;
}

function versionBody(version: DatasetVersion): JsonObject {
  return {
    dataset: version.dataset,
    hash: version.hash,
    rows: version.rows,
    source: { ...version.source },
    columns: version.columns.map((column) => asJson(column)),
    partitions: version.partitions.map((partition) => asJson(partition)),
    figures: [
      {
        kind: 'bars',
        title: 'Rows by partition',
        x: { label: 'partition' },
        y: { label: 'rows' },
        categories: version.partitions.map((partition) => partition.name),
        series: [{ name: 'rows', values: version.partitions.map((partition) => partition.rows) }],
      },
    ],
  };
}
