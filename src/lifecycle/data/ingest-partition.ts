import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { sqlText } from '../../table/sql-name.ts';
import { canonicalHash } from '../../table/canonical-hash.ts';
import { type ColumnProfile, profile } from '../../table/profile.ts';
import type { TableColumn } from '../../table/table-schema.ts';
import type { TableSession } from '../../table/tables.ts';
import type { StageScope } from '../stage-scope.ts';
import type { CheckSpec } from './check-spec.ts';
import { type CheckResult, checkPartition, keptCondition, keptRows } from './check-partition.ts';
import { contractChecks } from './contract-check.ts';
import {
  KNOWN_COLUMN,
  partitionRelation,
  ROW_COLUMN,
  type SourcePartition,
  type SourceRelation,
} from './source-reader.ts';
import type { SourceSpec } from './spec.ts';

/** A partition after its checks: what was kept, what was set aside, and where both lie. */
export interface IngestedPartition {
  readonly name: string;
  /** Event time of the rows, milliseconds UTC, `to` exclusive; null where the source has no time. */
  readonly from: number | null;
  readonly to: number | null;
  readonly rows: number;
  readonly quarantinedRows: number;
  /** Hash of canonical rows and schema of the kept rows. */
  readonly contentHash: string;
  readonly blob: string;
  readonly quarantineBlob: string | null;
  /** Why the whole partition was set aside; null when it is part of the dataset version. */
  readonly refused: string | null;
  /** True for rows that came as predictions with their outcomes, not from the declared source. */
  readonly received: boolean;
}

/** What a partition is read from and held to. */
export interface IngestInput {
  readonly dataset: string;
  readonly spec: SourceSpec;
  readonly source: SourceRelation;
  readonly partition: SourcePartition;
  readonly checks: readonly CheckSpec[];
  /** Relation of earlier accepted partitions, and the row count of the last of them. */
  readonly earlier?: string;
  readonly rowsBefore?: number;
  readonly accepted: (source: string) => string | undefined;
  /** The relation holds received rows, and has the column `tend_known`. */
  readonly received: boolean;
}

/**
 * Reads one partition, checks it, sets aside what the contract says and keeps the rest as an immutable
 * Parquet file. Only this partition is in memory; carrying it out again gives the same hashes.
 */
export async function ingestPartition(
  scope: StageScope,
  session: TableSession,
  input: IngestInput,
): Promise<{
  partition: IngestedPartition;
  checks: readonly CheckResult[];
  profile: readonly ColumnProfile[];
}> {
  const { source, spec, partition, received } = input;
  await session.run(
    `CREATE OR REPLACE TEMP TABLE part AS
     SELECT *${received ? '' : `, NULL::TIMESTAMP AS ${KNOWN_COLUMN}`}
     FROM ${partitionRelation(source, spec, partition)}`,
  );
  const columns = source.columns.map((column) => column.name).filter((name) => name !== ROW_COLUMN);
  const checks = input.checks.flatMap((check) =>
    contractChecks(check, {
      columns,
      source: input.accepted,
      ...(input.earlier === undefined ? {} : { earlier: input.earlier }),
    }),
  );
  const checked = await checkPartition(session, checks, partition.rows, input.rowsBefore);
  const undated = partition.name === 'undated' ? 'these rows have no time' : undefined;
  const kept = await keep(scope, session, { columns: source.columns, received }, checked.quarantine);
  await session.run('DROP TABLE part');
  const refused = checked.refused ?? undated ?? null;
  return {
    partition: {
      name: partition.name,
      from: partition.from ?? null,
      to: partition.to ?? null,
      rows: kept.rows,
      quarantinedRows: partition.rows - kept.rows,
      contentHash: kept.contentHash,
      blob: kept.blob,
      quarantineBlob: kept.quarantineBlob,
      refused,
      received,
    },
    checks: checked.results,
    profile: kept.profile,
  };
}

async function keep(
  scope: StageScope,
  session: TableSession,
  { columns, received }: { readonly columns: readonly TableColumn[]; readonly received: boolean },
  quarantine: readonly string[],
) {
  const names = [...columns.map((column) => column.name), KNOWN_COLUMN];
  let quarantineBlob: string | null = null;
  if (quarantine.length > 0) {
    quarantineBlob = await storeRows(
      scope,
      session,
      `SELECT * FROM part WHERE NOT (${keptCondition(quarantine)}) ORDER BY "row"`,
    );
    await session.run(`CREATE OR REPLACE TEMP TABLE kept AS ${keptRows(names, quarantine)}`);
  } else {
    await session.run('CREATE OR REPLACE TEMP VIEW kept AS SELECT * FROM part');
  }
  const [count] = await session.rows('SELECT count(*) AS n FROM kept');
  // When a row became known is part of what it is where it came late; a row of a file was there from the
  // start.
  const said: readonly TableColumn[] = received
    ? [...columns, { name: KNOWN_COLUMN, type: 'time' }]
    : columns;
  const contentHash = await canonicalHash(session, 'kept', said, ROW_COLUMN);
  const figures = await profile(session, 'kept', columns);
  const blob = await storeRows(scope, session, 'SELECT * FROM kept ORDER BY "row"');
  await session.run(quarantine.length > 0 ? 'DROP TABLE kept' : 'DROP VIEW kept');
  return { rows: Number(count?.n), contentHash, profile: figures, blob, quarantineBlob };
}

/** Writes the rows of a query as a Parquet blob and returns its hash. `groupRows`: rows of one row group. */
export async function storeRows(
  scope: Pick<StageScope, 'stateDir' | 'random' | 'blobs'>,
  session: TableSession,
  query: string,
  groupRows?: number,
): Promise<string> {
  const folder = join(scope.stateDir, 'scratch');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `${Buffer.from(scope.random.bytes(12)).toString('hex')}.parquet`);
  const groups = groupRows === undefined ? '' : `, ROW_GROUP_SIZE ${groupRows}`;
  await session.run(`COPY (${query}) TO ${sqlText(path)} (FORMAT parquet, COMPRESSION zstd${groups})`);
  const { hash } = await scope.blobs.putFile(path, { move: true });
  return hash;
}
