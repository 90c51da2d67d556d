import { TendError } from '../../kernel/error.ts';
import { sqlName } from '../../table/sql-name.ts';
import { parquetRelation } from '../../table/tables.ts';
import type { StageScope } from '../stage-scope.ts';
import { openArrivedRows } from './arrived-rows.ts';
import { acceptedPartitions } from './dataset.ts';
import { liveChecks } from './live-checks.ts';
import { openBoundaries, type SealedHistory } from './live-boundaries.ts';
import { openIntake } from './open-intake.ts';
import { openRunningTables } from './running/running-tables.ts';
import type { Received, ReceivedRow } from './received-row.ts';
import { KNOWN_COLUMN } from './source-reader.ts';
import type { DataSpec } from './spec.ts';
import type { DataOutputs } from './stage.ts';
import { storeReceived } from './store-received.ts';

/** What the live tables need of the machine. */
export type LiveScope = Pick<StageScope, 'db' | 'tables' | 'blobs' | 'stateDir' | 'random' | 'project'>;

/** A stretch of what was sealed. */
export interface SealedRows {
  readonly blob: string;
  readonly rows: number;
}

/**
 * The feature tables of a project while it lives: received rows go through the contract's rules on rows and
 * become part of what the tables are computed from at the next boundary. One session, one caller at a time.
 */
export interface LiveTables extends AsyncDisposable {
  /**
   * Takes in received rows, all or none; answers row by row. A row at which the declared SQL fails is set
   * aside alone, as `UNCOMPUTABLE`.
   */
  readonly add: (rows: readonly ReceivedRow[]) => Promise<readonly Received[]>;
  /** Computes each table whose boundary this is, keeps it and publishes it. */
  readonly boundary: (at: number) => Promise<void>;
  /** Puts received rows since the last seal into one Parquet blob; undefined when there are none. */
  readonly sealRows: () => Promise<SealedRows | undefined>;
  /** Puts boundaries since the last seal into Parquet blobs. */
  readonly sealHistories: () => Promise<readonly SealedHistory[]>;
  /** Forgets what was sealed, once the records of it are on disk. */
  readonly sealed: (at: number) => Promise<void>;
  /** Smallest refresh interval, milliseconds. */
  readonly stepMs: number;
  /** The boundary after a moment: of a table, or the hour. */
  readonly next: (at: number) => number;
}

/** Where the tables of a project start from. */
export interface LiveTablesInput {
  readonly data: DataOutputs;
  readonly spec: DataSpec;
  /** Sealed outcomes (blobs, oldest first). */
  readonly received: readonly string[];
  /** Project clock: rows that no boundary from here on reads are not loaded. */
  readonly at: number;
  /** Folder of published tables. */
  readonly featureDir: string;
}

/** Opens the live tables: loads accepted rows, computes nothing yet. */
export async function openLiveTables(scope: LiveScope, input: LiveTablesInput): Promise<LiveTables> {
  const session = await scope.tables.lastingSession();
  try {
    const { features } = input.data;
    const start = startRelation(scope, input);
    const tables = await openRunningTables(session, features, input.spec, start);
    for await (const rows of tables.read(start, input.at)) tables.add(rows);
    const whole = { ...features, tables: tables.others };
    const arrived = await openArrivedRows(session, whole, start, input.at);
    const boundaries = await openBoundaries(scope, session, arrived, tables, input);
    const intake = await openIntake(session, arrived, tables, features, liveChecks(scope, input));
    return {
      stepMs: boundaries.stepMs,
      next: boundaries.next,
      add: intake.add,
      boundary: async (at) => {
        await intake.arrive(at);
        await boundaries.compute(at);
      },
      sealRows: async () => {
        const kept = intake.kept();
        if (kept.length === 0) return undefined;
        return { blob: await storeReceived(scope, session, arrived, kept), rows: kept.length };
      },
      sealHistories: boundaries.seal,
      sealed: async (at) => {
        intake.reset();
        await arrived.prune(at);
        await boundaries.reset();
      },
      [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
    };
  } catch (error) {
    await session[Symbol.asyncDispose]();
    throw error;
  }
}

/** Accepted rows of the declared source and of what was received, with `row` and `tend_known`. */
function startRelation(scope: LiveScope, { data, received }: LiveTablesInput): string {
  const version = data.versions[data.features.source];
  if (version === undefined) throw new TendError('INTERNAL', `no version of ${data.features.source}`);
  const names = [...version.columns.map(({ name }) => name), KNOWN_COLUMN].map(sqlName).join(', ');
  const files = acceptedPartitions(version.partitions).filter((partition) => !partition.received);
  const declared = parquetRelation(files.map(({ blob }) => scope.blobs.path(blob)));
  if (received.length === 0) return `(SELECT ${names} FROM ${declared})`;
  const logs = parquetRelation(received.map((hash) => scope.blobs.path(hash)));
  return `(SELECT ${names} FROM ${declared} UNION ALL SELECT ${names} FROM ${logs} WHERE tend_rule IS NULL)`;
}
