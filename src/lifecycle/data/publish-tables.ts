import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BOUNDARIES_MAX, boundariesIn, featureTableFolder } from '../../serve/feature-tables.ts';
import { replaceFile } from '../../serve/replace-file.ts';
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

/**
 * Writes one state of a feature table: whole under its name or not there, in the engine's own JSON, so that
 * no row becomes an object here (4 ms for 5,000 rows of two keys and four values, 3,600 times in half a year
 * of hours). NaN and the infinities are missing, as in training. What is older than the newest states that
 * serving holds is removed. The file can be made again, so nothing waits for the disk.
 * @throws DISK_FULL, STATE_READ_ONLY
 */
export async function publishBoundary(session: TableSession, state: PublishedBoundary): Promise<void> {
  const { table, at } = state;
  const keys = table.key.map((name, i) =>
    table.keyTypes[i] === 'number' ? `${sqlName(name)}::DOUBLE` : `${sqlName(name)}::VARCHAR`,
  );
  const values = table.columns.map((name) => `${sqlName(name)}::DOUBLE`);
  const lists = [
    ...keys.map((key) => `list(${key})`),
    ...values.map((value) => `list(CASE WHEN isfinite(${value}) THEN ${value} END)`),
  ];
  // Without rows a list is null.
  const texts = lists.map((list, i) => `coalesce(to_json(${list})::VARCHAR, '[]') AS l${i}`);
  const [row] = await session.rows(`SELECT ${texts.join(', ')} FROM ${state.relation}`);
  const json = lists.map((_, i) => String(row?.[`l${i}`] ?? '[]'));
  const head = JSON.stringify({ table: table.name, at, key: table.key, columns: table.columns });
  const text =
    `${head.slice(0, -1)},"keys":[${json.slice(0, keys.length).join(',')}]` +
    `,"values":[${json.slice(keys.length).join(',')}]}`;
  const folder = featureTableFolder(state.dir, state.project, table.name);
  await replaceFile(join(folder, `${at}.json`), text, { durable: false });
  const outdated = (await boundariesIn(folder)).slice(BOUNDARIES_MAX);
  await Promise.all(outdated.map((old) => rm(join(folder, `${old}.json`), { force: true })));
}
