import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { ReleaseManifest } from '../../decide/release.ts';
import { decodeFeatureTable, type FeatureTableFile, type KeyPart } from '../../serve/feature-table-file.ts';
import { parseJsonText } from '../../store/json-text.ts';
import { sqlName, sqlText, sqlTime } from '../../table/sql-name.ts';
import { parquetRelation } from '../../table/tables.ts';
import type { StageScope } from '../stage-scope.ts';
import type { ExitRelease } from './exit-subject.ts';
import type { LookedUp } from './release-sample.ts';

/** A feature table of a release, as its manifest has it. */
type ReleaseTable = ReleaseManifest['tables'][number];

/** One state of a feature table, in the form in which serving reads it. */
export interface TableState {
  readonly table: string;
  /** The boundary, milliseconds UTC. */
  readonly at: number;
  readonly key: readonly string[];
  readonly columns: readonly string[];
  /** Values of each part of the key, and of each column, row by row; null is missing. */
  readonly keys: readonly (readonly (number | string)[])[];
  readonly values: readonly (readonly (number | null)[])[];
}

/** What was found of the states that some predictions need. */
export interface FoundStates {
  readonly states: readonly TableState[];
  /** Boundaries that are known in full: a key that is not among their rows had none. */
  readonly known: ReadonlySet<number>;
}

/** The column of a history that says for which moment a row was computed. */
const MOMENT_COLUMN = 'tend_at';
/** Rows looked up by one statement. */
const ROWS_AT_ONCE = 500;

type Row = { readonly key: readonly (number | string)[]; readonly values: readonly (number | null)[] };
type Rows = Map<number, Map<string, Row>>;

/**
 * The states of one feature table: of each boundary that was looked at, the rows that were looked up; of the
 * newest boundary there is, every row, so that what is restored goes on from there. They come from the
 * history of the definition that the release was made with, and what is not there yet from the files that
 * serving reads.
 */
export async function tableStates(
  scope: StageScope,
  release: ExitRelease,
  table: ReleaseTable,
  needed: LookedUp,
): Promise<FoundStates> {
  const rows: Rows = new Map();
  const known = new Set<number>();
  const histories = await historyParts(scope, release, table.name);
  for (const part of histories) {
    const moments = [...needed].filter(([at]) => at >= part.from && at <= part.to && !known.has(at));
    if (moments.length === 0) continue;
    await readRows(scope, part, table, moments, rows);
    for (const [at] of moments) known.add(at);
  }
  for (const [at, keys] of needed) {
    if (known.has(at)) continue;
    const state = await publishedState(scope, table, at);
    if (state === undefined) continue;
    known.add(at);
    rows.set(at, new Map([...state].filter(([key]) => keys.has(key))));
  }
  const newest = await newestState(scope, table, histories, [...known]);
  if (newest !== undefined) rows.set(newest.at, newest.rows);
  for (const at of known) if (!rows.has(at)) rows.set(at, new Map());
  const states = [...rows].sort(([a], [b]) => a - b).map(([at, found]) => stateOf(table, at, found));
  return { states, known };
}

function stateOf(table: ReleaseTable, at: number, found: ReadonlyMap<string, Row>): TableState {
  const rows = [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
  return {
    table: table.name,
    at,
    key: table.key,
    columns: table.columns,
    keys: table.key.map((_, part) => rows.map((row) => row.key[part] ?? '')),
    values: table.columns.map((_, column) => rows.map((row) => row.values[column] ?? null)),
  };
}

interface Part {
  readonly blob: string;
  readonly from: number;
  readonly to: number;
}

const cachedHistories = z.object({
  features: z.object({ hash: z.string() }),
  histories: z.array(
    z.object({
      table: z.string(),
      parts: z.array(z.object({ blob: z.string(), from: z.number(), to: z.number() })),
    }),
  ),
});

/** Stretches of the table's history, newest first: what was served, then what was trained on. */
async function historyParts(scope: StageScope, release: ExitRelease, table: string): Promise<Part[]> {
  const features = await featuresHash(scope, release);
  if (features === null) return [];
  const served = await scope.db.query
    .selectFrom('feature_history')
    .select(['blob_hash', 'from_at', 'to_at'])
    .where('project', '=', scope.project)
    .where('name', '=', `${table}@${features.slice(0, 16)}`)
    .orderBy('from_at', 'desc')
    .execute();
  const cached = await scope.db.query
    .selectFrom('stage_cache')
    .select('outputs')
    .where('project', '=', scope.project)
    .where('stage', '=', 'data')
    .orderBy('key')
    .execute();
  const trained = cached.flatMap(({ outputs }) => {
    const said = cachedHistories.safeParse(parseJsonText(outputs));
    if (!said.success || said.data.features.hash !== features) return [];
    return said.data.histories.filter((history) => history.table === table).flatMap(({ parts }) => parts);
  });
  const parts = [
    ...served.map((row) => ({ blob: row.blob_hash, from: row.from_at, to: row.to_at })),
    ...trained.sort((a, b) => b.to - a.to || a.from - b.from),
  ];
  const there = await Promise.all(parts.map((part) => scope.blobs.has(part.blob)));
  return parts.filter((_, index) => there[index]);
}

/** Hash of the feature definition that the run was given; null for a release that no run made. */
async function featuresHash(scope: StageScope, { runId }: ExitRelease): Promise<string | null> {
  if (runId === null) return null;
  const run = await scope.db.query
    .selectFrom('run')
    .select('inputs')
    .where('id', '=', runId)
    .executeTakeFirst();
  const said = z.object({ features: z.string() }).safeParse(parseJsonText(run?.inputs ?? 'null'));
  return said.success ? said.data.features : null;
}

/** Adds the rows that were looked up at some moments of a stretch. */
async function readRows(
  scope: StageScope,
  part: Part,
  table: ReleaseTable,
  moments: readonly (readonly [number, ReadonlyMap<string, readonly (number | string)[]>])[],
  rows: Rows,
): Promise<void> {
  const asked = moments.flatMap(([at, keys]) => [...keys.values()].map((key) => ({ at, key })));
  await using session = await scope.tables.session();
  const source = parquetRelation([scope.blobs.path(part.blob)]);
  const names = [MOMENT_COLUMN, ...table.key].map(sqlName);
  const alias = names.map((_, index) => `k${index}`);
  const on = names.map((name, index) => `history.${name} = asked.${alias[index]}`).join(' AND ');
  const columns = [...names, ...table.columns.map(sqlName)].map((name) => `history.${name}`).join(', ');
  for (let first = 0; first < asked.length; first += ROWS_AT_ONCE) {
    const some = asked.slice(first, first + ROWS_AT_ONCE);
    const values = some.map(({ at, key }) => `(${[sqlTime(at), ...key.map(literal)].join(', ')})`);
    const found = await session.rows(
      `SELECT ${columns} FROM ${source} AS history
       JOIN (VALUES ${values.join(', ')}) AS asked(${alias.join(', ')}) ON ${on}`,
    );
    for (const row of found) addRow(rows, Number(row[MOMENT_COLUMN]), table, row);
  }
}

function literal(value: number | string): string {
  return typeof value === 'number' ? String(value) : sqlText(value);
}

function addRow(rows: Rows, at: number, table: ReleaseTable, row: Readonly<Record<string, unknown>>): void {
  const key = table.key.map((name) => row[name] as number | string);
  const moment = rows.get(at) ?? new Map<string, Row>();
  moment.set(JSON.stringify(key), { key, values: table.columns.map((name) => finite(row[name])) });
  rows.set(at, moment);
}

/** NaN and the infinities come as text; both are missing, here as in serving. */
function finite(value: unknown): number | null {
  if (typeof value === 'string' || value === null || value === undefined) return null;
  return Number.isNaN(value) ? null : Number(value);
}

/** A state as serving holds it, columns in the order of the release; undefined without such a file. */
async function publishedState(
  scope: StageScope,
  table: ReleaseTable,
  at: number,
): Promise<Map<string, Row> | undefined> {
  const file = join(publishedFolder(scope, table.name), `${at}.json`);
  const text = await readFile(file, 'utf8').catch(() => undefined);
  const said = text === undefined ? undefined : tableFile(text);
  if (said === undefined) return undefined;
  const { key, columns, keys, values } = said;
  const places = table.columns.map((name) => columns.indexOf(name));
  if (key.join() !== table.key.join() || places.includes(-1)) return undefined;
  const rows = new Map<string, Row>();
  for (let row = 0; row < said.rows; row++) {
    const own = keys.map((part) => keyAt(part, row));
    if (own.some((value) => typeof value !== 'string' && typeof value !== 'number')) continue;
    rows.set(JSON.stringify(own), {
      key: own as (string | number)[],
      values: places.map((place) => finite(values[place]?.[row])),
    });
  }
  return rows;
}

function tableFile(text: string): FeatureTableFile | undefined {
  try {
    return decodeFeatureTable(text);
  } catch {
    return undefined;
  }
}

function keyAt(part: KeyPart, row: number): string | number | boolean | null | undefined {
  return part.kind === 'plain' ? part.values[row] : part.levels[part.codes[row] as number];
}

/** Where serving reads the states of a table of the project. */
function publishedFolder(scope: StageScope, table: string): string {
  return join(scope.stateDir, 'features', scope.project, table);
}

/** Every row of the newest boundary there is; undefined where predictions looked at a later one. */
async function newestState(
  scope: StageScope,
  table: ReleaseTable,
  histories: readonly Part[],
  known: readonly number[],
): Promise<{ readonly at: number; readonly rows: Map<string, Row> } | undefined> {
  const lookedAt = Math.max(Number.NEGATIVE_INFINITY, ...known);
  const published = await newestPublished(scope, table.name);
  const [part] = [...histories].sort((a, b) => b.to - a.to);
  if (published >= lookedAt && published >= (part?.to ?? Number.NEGATIVE_INFINITY)) {
    const rows = await publishedState(scope, table, published);
    if (rows !== undefined) return { at: published, rows };
  }
  if (part === undefined || part.to < lookedAt) return undefined;
  await using session = await scope.tables.session();
  const names = [MOMENT_COLUMN, ...table.key, ...table.columns].map(sqlName).join(', ');
  const source = parquetRelation([scope.blobs.path(part.blob)]);
  const found = await session.rows(
    `SELECT ${names} FROM ${source} WHERE ${sqlName(MOMENT_COLUMN)} = ${sqlTime(part.to)}`,
  );
  const rows: Rows = new Map();
  for (const row of found) addRow(rows, part.to, table, row);
  return { at: part.to, rows: rows.get(part.to) ?? new Map() };
}

/** The newest boundary that serving holds; minus infinity where it holds none. */
async function newestPublished(scope: StageScope, table: string): Promise<number> {
  const names = await readdir(publishedFolder(scope, table)).catch(() => [] as string[]);
  const moments = names.flatMap((name) => {
    const match = /^(-?\d{1,16})\.json$/.exec(name);
    return match === null ? [] : [Number(match[1])];
  });
  return Math.max(Number.NEGATIVE_INFINITY, ...moments);
}
