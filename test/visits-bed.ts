import { join } from 'node:path';
import { build } from '../src/store/build.ts';
import { type StageHarness, stageHarness } from './stage-harness.ts';
import type { Statement } from '../src/store/database.ts';
import { sqlName } from '../src/table/sql-name.ts';
import { parquetRelation, type TableRow } from '../src/table/tables.ts';
import type { StageScope } from '../src/lifecycle/stage-scope.ts';
import { writeParquet } from '../src/lifecycle/data/data-testbed.ts';
import { historyName } from '../src/lifecycle/data/live-data.ts';
import { type LiveTables, openLiveTables } from '../src/lifecycle/data/live-tables.ts';
import type { ReceivedRow } from '../src/lifecycle/data/received-row.ts';
import { growVersion, receivedParts } from '../src/lifecycle/data/received-rows.ts';
import { dataSpec, type DataSpec } from '../src/lifecycle/data/spec.ts';
import { type DataInputs, type DataOutputs, runData } from '../src/lifecycle/data/stage.ts';
import { MOMENT_COLUMN, tableHistories } from '../src/lifecycle/data/table-history.ts';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

/** Where the clock of the project stands at first; the declared file ends here. */
export const STARTS = Date.UTC(2024, 2, 29);

const END_OF_TIME = Date.UTC(2200, 0, 1);

/** One visit as it happened: what a request says of it, and what came of it after `lag` minutes. */
export interface Visit {
  readonly placed: number;
  readonly region: string | null;
  readonly shop: number | null;
  readonly amount: number | null;
  readonly returned: boolean | null;
  readonly lag: number | null;
}

/** A visit whose outcome is received at a moment of the project clock. */
export interface ReceivedVisit extends Visit {
  readonly receivedAt: number;
}

/** SQL of feature tables, by name; each has a key and a refresh. */
export type TableSpecs = Readonly<
  Record<string, { readonly sql: string; readonly key: string | string[]; readonly refresh: string }>
>;

/** What a test says of its project. */
export interface VisitsOptions {
  readonly tables: TableSpecs;
  readonly contract?: readonly unknown[];
  readonly partition?: 'month' | 'day' | 'none';
  /** Without it a table sees every row, whenever its outcome came. */
  readonly available?: boolean;
  readonly declared: readonly Visit[];
  /** SQL of the outcome; by what a visit says, after its `lag`, unless given. */
  readonly outcome?: string;
}

const OUTCOME = 'select returned, lag, placed + to_minutes(lag::bigint) as settled from visits';

/**
 * A project with a declared file of visits, ingested up to `STARTS`; received rows are sealed as monitoring
 * does.
 */
export interface VisitsBed extends AsyncDisposable {
  readonly harness: StageHarness;
  readonly scope: StageScope;
  readonly spec: DataSpec;
  readonly inputs: DataInputs;
  readonly data: DataOutputs;
  /** Opens live tables over what is sealed by now. */
  readonly open: (at: number) => Promise<LiveTables>;
  /** Seals as the end of a day does. */
  readonly seal: (live: LiveTables, at: number) => Promise<void>;
  /** Every row of a table's sealed boundaries after the declared ones, in the order of moment and key. */
  readonly served: (table: string) => Promise<TableRow[]>;
  /**
   * The same boundaries of each table, computed at once over a version with the rows received before
   * `until`.
   */
  readonly recomputed: (to: number, until?: number) => Promise<Readonly<Record<string, TableRow[]>>>;
}

/** Opens the project. */
export async function visitsBed(options: VisitsOptions): Promise<VisitsBed> {
  const spec = specOf(options);
  const harness = await stageHarness({
    projectClock: STARTS,
    files: {
      'request.sql': 'select placed, region, shop, amount from visits',
      'outcome.sql': options.outcome ?? OUTCOME,
      ...Object.fromEntries(Object.entries(options.tables).map(([name, { sql }]) => [`${name}.sql`, sql])),
    },
  });
  await writeParquet(harness, 'visits.parquet', visitsQuery(options.declared));
  const split = { by: 'time' as const, first_window: '5d', validation: '1d', test: '1d' };
  const inputs: DataInputs = { data: spec, split, requires: {}, starts: STARTS };
  const data = (await harness.run((scope) => runData(scope, inputs))).outputs;
  const scope = await harness.run(async (own) => own);
  let parts = 0;
  return {
    harness,
    scope,
    spec,
    inputs,
    data,
    open: async (at) => {
      const { blobs } = await receivedParts(scope, END_OF_TIME);
      return openLiveTables(scope, {
        data,
        spec,
        received: blobs,
        at,
        featureDir: join(harness.dir, 'features'),
      });
    },
    seal: (live, at) => sealVisits(scope, data, live, { at, id: `prt_${String(++parts).padStart(6, '0')}` }),
    served: async (table) => {
      const stored = await scope.db.query
        .selectFrom('feature_history')
        .selectAll()
        .where('name', '=', historyName(data.features, table))
        .orderBy('from_at')
        .execute();
      return historyRows(
        scope,
        data,
        table,
        stored.map((row) => row.blob_hash),
      );
    },
    recomputed: async (to, until = END_OF_TIME) => {
      const histories = await harness.run(async (own) => {
        const base = data.versions.visits;
        if (base === undefined) throw new RangeError('there is no version');
        const grown = await growVersion(own, spec, base, data.versions, await receivedParts(own, until));
        const span = { from: STARTS, to };
        return (await tableHistories(own, data.features, spec.features, grown.version, span)).result;
      });
      const rows: Record<string, TableRow[]> = {};
      for (const { table, parts: blobs } of histories) {
        const all = await historyRows(
          scope,
          data,
          table,
          blobs.map(({ blob }) => blob),
        );
        rows[table] = all.filter((row) => Number(row[MOMENT_COLUMN]) > STARTS);
      }
      return rows;
    },
    [Symbol.asyncDispose]: () => harness[Symbol.asyncDispose](),
  };
}

function specOf({ tables, contract, available = true, partition = 'month' }: VisitsOptions): DataSpec {
  return dataSpec.parse({
    sources: { visits: { type: 'parquet', uri: 'visits.parquet', partition, time: 'placed' } },
    ...(contract === undefined ? {} : { contract: { visits: contract } }),
    features: {
      request: 'request.sql',
      outcome: 'outcome.sql',
      tables: Object.fromEntries(
        Object.entries(tables).map(([name, { key, refresh }]) => [
          name,
          { sql: `${name}.sql`, key, refresh },
        ]),
      ),
      time: 'placed',
      ...(available ? { available: 'settled' } : {}),
      target: 'returned',
    },
  });
}

/** Puts away what was received and computed, with the records of it. */
async function sealVisits(
  scope: StageScope,
  data: DataOutputs,
  live: LiveTables,
  { at, id }: { readonly at: number; readonly id: string },
): Promise<void> {
  const rows = await live.sealRows();
  const histories = await live.sealHistories();
  const { project } = scope;
  const queries: Statement['query'][] = histories.map(({ table, blob, from, to, refreshMs, rows: count }) =>
    build.insertInto('feature_history').values({
      project,
      name: historyName(data.features, table),
      from_at: from,
      to_at: to,
      refresh_ms: refreshMs,
      row_count: count,
      blob_hash: blob,
      created_at: 0,
    }),
  );
  if (rows !== undefined) {
    const part = { id, project, endpoint: 'visits', kind: 'outcomes' as const, name: id };
    const bounds = { from_at: 0, to_at: at, id_min: '', id_max: '', created_at: 0 };
    const said = { ...part, ...bounds, row_count: rows.rows, blob_hash: rows.blob };
    queries.push(build.insertInto('log_part').values(said));
  }
  await scope.db.commit({ statements: queries.map((query) => ({ query })) });
  await live.sealed(at);
}

/** Rows of a history in the order of moment and key; true and false as 1 and 0. */
async function historyRows(
  scope: StageScope,
  data: DataOutputs,
  table: string,
  blobs: readonly string[],
): Promise<TableRow[]> {
  await using session = await scope.tables.session();
  const key = data.features.tables.find((one) => one.name === table)?.key ?? [];
  const order = [MOMENT_COLUMN, ...key].map(sqlName).join(', ');
  const files = parquetRelation(blobs.map((blob) => scope.blobs.path(blob)));
  const rows = await session.rows(`SELECT * FROM ${files} ORDER BY ${order}`);
  const plain = (value: TableRow[string]) => (typeof value === 'boolean' ? Number(value) : value);
  return rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value ?? null)])),
  );
}

function visitsQuery(visits: readonly Visit[]): string {
  const cell = (value: number | string | boolean | null): string =>
    value === null ? 'NULL' : typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value);
  const rows = visits.map(
    ({ placed, region, shop, amount, returned, lag }) =>
      `(make_timestamp(${placed * 1000}), ${cell(region)}, ${cell(shop)}, ${cell(amount)}::DOUBLE, ` +
      `${cell(returned)}, ${cell(lag)})`,
  );
  const typed =
    'placed::TIMESTAMP AS placed, region::VARCHAR AS region, shop::INTEGER AS shop, ' +
    'amount::DOUBLE AS amount, ' +
    'returned::BOOLEAN AS returned, lag::INTEGER AS lag';
  return `SELECT ${typed} FROM (VALUES ${rows.join(', ')}) v(placed, region, shop, amount, returned, lag)`;
}

let received = 0;

/** A received row as monitoring hands it over. */
export function rowOf(visit: ReceivedVisit): ReceivedRow {
  const { placed, region, shop, amount, returned, lag, receivedAt } = visit;
  const n = ++received;
  return {
    prediction: `prd_${String(n).padStart(8, '0')}`,
    key: n,
    t: placed,
    receivedAt,
    release: 'r'.repeat(64),
    version: '1',
    score: 0.5,
    features: '{}',
    outcome: JSON.stringify({ returned, lag }),
    row: 2 ** 45 + n,
    values: [placed, region, shop, amount, returned, lag],
  };
}
