import { join } from 'node:path';
import { SegmentWriter } from '../../../serve/segment.ts';
import type { PredictionRecord } from '../../../serve/prediction-record.ts';
import { build } from '../../../store/build.ts';
import type { LogPartTable } from '../../../store/tables/loop-tables.ts';
import type { TableRow } from '../../../table/tables.ts';
import { HOUR, STARTS, type VisitsBed, visitsBed, type VisitsOptions } from '../../../../test/visits-bed.ts';
import type { Book } from '../book/book.ts';
import type { LiveInputs } from './live-inputs.ts';
import { liveBook } from './live-book.ts';
import { type LiveProject, openLiveProject } from './live-project.ts';
import { logParts } from './log-parts.ts';
import type { BoundaryReport } from './move-clock.ts';
import { segmentFolder } from './seal-segments.ts';

export const ENDPOINT = 'visits';

/** A prediction in a few words; the rest is made up. */
export interface Asked {
  readonly key?: string | number | null;
  /** Event time; half an hour after the start of the project unless given. */
  readonly t?: number;
  readonly fields?: PredictionRecord['fields'];
}

/** The project of visits while it answers: predictions as serving writes them, watched by a live project. */
export interface LiveBed extends AsyncDisposable {
  readonly visits: VisitsBed;
  readonly inputs: LiveInputs;
  /** Logs predictions, in the segment that is open. */
  readonly predict: (asked: readonly Asked[]) => PredictionRecord[];
  /** Ends the segment: the next prediction begins another one. */
  readonly rotate: () => void;
  /** Opens the project as its logs say it. What was open before is left as a kill leaves it. */
  readonly open: (change?: Partial<LiveInputs>, book?: Book) => Promise<LiveProject>;
  readonly reports: BoundaryReport[];
  readonly advance: (live: LiveProject, to: number) => Promise<void>;
  readonly parts: (kind: LogPartTable['kind']) => Promise<LogPartTable[]>;
  /** Rows of all parts of a kind. */
  readonly sealed: (kind: LogPartTable['kind']) => Promise<TableRow[]>;
  /** Folder of the log of outcomes. */
  readonly outcomesDir: string;
}

let ids = 0;

/** Opens the bed; `change` sets any input of the live project. */
export async function liveBed(
  options: Partial<VisitsOptions> = {},
  change: Partial<LiveInputs> = {},
): Promise<LiveBed> {
  const sql =
    'select region, count(*) as n from visits where settled > $at - interval 2 days group by region';
  const visits = await visitsBed({
    tables: { counts: { key: 'region', refresh: '1h', sql } },
    declared: [
      { placed: STARTS - HOUR, region: 'north', shop: 1, amount: 5, returned: true, lag: 10 },
      { placed: STARTS - 2 * HOUR, region: 'south', shop: 2, amount: 6, returned: false, lag: 10 },
    ],
    ...options,
  });
  const { scope } = visits;
  const endpoint = { name: ENDPOINT, project: scope.project, generation: 1, state: 'serving' };
  await scope.db.commit({ statements: [{ query: build.insertInto('endpoint').values(endpoint) }] });
  const inputs = inputsOf(visits, change);
  const dir = segmentFolder(scope.stateDir);
  let writer = writerOf(dir);
  const reports: BoundaryReport[] = [];
  const opened: LiveProject[] = [];
  const parts: LiveBed['parts'] = (kind) => logParts(scope.db, { kind, endpoint: ENDPOINT });
  return {
    visits,
    inputs,
    reports,
    parts,
    predict: (asked) => {
      const records = asked.map(recordOf);
      writer.append(records.map((record) => `${JSON.stringify(record)}\n`).join(''), Date.now());
      return records;
    },
    rotate: () => {
      writer.close();
      writer = writerOf(dir);
    },
    open: async (now = {}, book) => {
      const row = await scope.db.query
        .selectFrom('project_clock')
        .select('at')
        .where('project', '=', scope.project)
        .executeTakeFirst();
      const all = { ...inputs, at: row?.at ?? STARTS, ...now };
      const own = await liveBook(scope, all);
      const live = await openLiveProject(scope, all, book === undefined ? own : { ...own, ...book });
      opened.push(live);
      return live;
    },
    advance: (live, to) =>
      live.advance(to, 'test', async (report) => {
        reports.push(report);
        return undefined;
      }),
    sealed: async (kind) => {
      const blobs = (await parts(kind)).map((part) => `'${scope.blobs.path(part.blob_hash)}'`);
      if (blobs.length === 0) return [];
      await using session = await scope.tables.session();
      return await session.rows(`SELECT * FROM read_parquet([${blobs.join(', ')}])`);
    },
    outcomesDir: join(scope.stateDir, 'outcomes', ENDPOINT),
    [Symbol.asyncDispose]: async () => {
      writer.close();
      for (const live of opened) await live[Symbol.asyncDispose]();
      await visits[Symbol.asyncDispose]();
    },
  };
}

function inputsOf({ scope, data, spec }: VisitsBed, change: Partial<LiveInputs>): LiveInputs {
  return {
    project: scope.project,
    owner: 'shops',
    kind: 'classification',
    endpoint: ENDPOINT,
    dataSpec: spec,
    data,
    criteria: [],
    slices: [],
    key: 'row',
    withinMs: 30 * 24 * HOUR,
    drift: null,
    at: STARTS,
    replay: true,
    hash: 'h',
    ...change,
  };
}

function writerOf(dir: string): SegmentWriter {
  const onSyncError = (error: unknown): never => {
    throw error;
  };
  return new SegmentWriter({ dir, endpoint: ENDPOINT, worker: 0, onSyncError });
}

function recordOf({ key = null, t = STARTS + HOUR / 2, fields = {} }: Asked): PredictionRecord {
  return {
    id: `prd_${String(++ids).padStart(10, '0')}`,
    key,
    at: t,
    t,
    endpoint: ENDPOINT,
    release: 'a'.repeat(64),
    version: '1',
    fields: { placed: new Date(t).toISOString(), region: 'north', shop: 1, amount: 5, ...fields },
    features: { hour: 1, region: 'north' },
    prediction: 0.25,
    latencyUs: 900,
    error: false,
  };
}
