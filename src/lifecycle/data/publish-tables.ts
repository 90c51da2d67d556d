import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BOUNDARIES_MAX, boundariesIn, featureTableFolder } from '../../serve/feature-tables.ts';
import { encodeFeatureTable, type FeatureTableFile, type KeyPart } from '../../serve/feature-table-file.ts';
import { replaceDerivedFile } from '../../serve/replace-file.ts';
import { sqlName, sqlTime } from '../../table/sql-name.ts';
import { parquetRelation, type TableSession } from '../../table/tables.ts';
import type { StageScope } from '../stage-scope.ts';
import type { CompiledFeatures } from './feature-definition.ts';
import { MOMENT_COLUMN, type TableHistory } from './table-history.ts';
import type { TableQuery } from './table-query.ts';

/** Boundaries handed to serving: requests that come late by an hour or two still find their moment. */
const BOUNDARIES_PUBLISHED = 3;

/**
 * Writes the newest states of the feature tables where serving processes read them:
 * `<dir>/<project>/<table>/<at>.json`. The rows are those that training joined, so both read the same
 * numbers.
 * @returns the earliest moment from which on a request finds its own boundary
 */
export async function publishTables(
  scope: StageScope,
  features: CompiledFeatures,
  histories: readonly TableHistory[],
  dir: string,
): Promise<number> {
  let from = Number.NEGATIVE_INFINITY;
  for (const history of histories) {
    const table = features.tables.find((candidate) => candidate.name === history.table);
    if (table === undefined) continue;
    const first = Math.max(history.from, history.to - (BOUNDARIES_PUBLISHED - 1) * history.refreshMs);
    from = Math.max(from, first);
    const parts = history.parts.filter((part) => part.to >= first);
    if (parts.length === 0) continue;
    await using session = await scope.tables.session();
    const source = parquetRelation(parts.map((part) => scope.blobs.path(part.blob)));
    for (let at = first; at <= history.to; at += history.refreshMs) {
      const relation = `(SELECT * FROM ${source} WHERE ${MOMENT_COLUMN} = ${sqlTime(at)})`;
      await publishBoundary(session, { dir, project: scope.project, table, at, relation });
    }
  }
  return from;
}

/** One state of a feature table, on its way to serving. */
export interface PublishedBoundary {
  /** Folder of all feature tables. */
  readonly dir: string;
  readonly project: string;
  readonly table: Pick<TableQuery, 'name' | 'key' | 'keyTypes' | 'columns'>;
  /** Moment of the boundary, milliseconds UTC. */
  readonly at: number;
  /** What FROM takes: a relation with the columns of key and values, the rows of this one moment. */
  readonly relation: string;
}

/** Publishes one state out of a relation. @throws DISK_FULL, STATE_READ_ONLY */
export async function publishBoundary(session: TableSession, state: PublishedBoundary): Promise<void> {
  const { table, at, relation } = state;
  const select = [
    ...table.key.map((name, part) => keySelect(table, name, part)),
    ...table.columns.map((name) => finiteSelect(sqlName(name))),
  ];
  const read = await session.prepare(`SELECT ${select.join(', ')} FROM ${relation}`);
  const { columns } = await read.columns({});
  const keys = columns.slice(0, table.key.length).map(plainPart);
  const values = columns.slice(table.key.length) as readonly Float64Array[];
  await publishState(state.dir, state.project, {
    table: table.name,
    at,
    key: table.key,
    columns: table.columns,
    keys,
    values,
  });
}

/** A part of the key as serving takes it: a number, or a text. */
export function keySelect({ keyTypes }: Pick<TableQuery, 'keyTypes'>, name: string, part: number): string {
  return keyTypes[part] === 'number' ? `${sqlName(name)}::DOUBLE` : `${sqlName(name)}::VARCHAR`;
}

/** A value as serving takes it: what is not finite is missing, as in training. */
export function finiteSelect(value: string): string {
  return `CASE WHEN isfinite(${value}::DOUBLE) THEN ${value}::DOUBLE END`;
}

/** A column of keys that are read value by value. */
export function plainPart(values: Float64Array | readonly unknown[]): KeyPart {
  return { kind: 'plain', values: Array.from(values) as (string | number | null)[] };
}

/**
 * Writes one state of a feature table: whole under its name or not there. What is older than the newest
 * states that serving holds is removed. The file can be made again, so nothing waits for the disk.
 * @throws DISK_FULL, STATE_READ_ONLY
 */
export async function publishState(
  dir: string,
  project: string,
  state: Omit<FeatureTableFile, 'rows'>,
): Promise<void> {
  const folder = featureTableFolder(dir, project, state.table);
  replaceDerivedFile(join(folder, `${state.at}.json`), encodeFeatureTable(state));
  const outdated = (await boundariesIn(folder)).slice(BOUNDARIES_MAX);
  await Promise.all(outdated.map((old) => rm(join(folder, `${old}.json`), { force: true })));
}
