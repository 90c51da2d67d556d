import { join } from 'node:path';
import { replaceFile } from '../../serve/replace-file.ts';
import { sqlName, sqlTime } from '../../table/sql-name.ts';
import { parquetRelation } from '../../table/tables.ts';
import type { StageScope } from '../stage-scope.ts';
import type { CompiledFeatures } from './feature-definition.ts';
import { MOMENT_COLUMN, type TableHistory } from './table-history.ts';

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
    await using session = await scope.tables.session();
    const source = parquetRelation([scope.blobs.path(history.blob)]);
    const names = [...table.key, ...table.columns];
    for (let at = first; at <= history.to; at += history.refreshMs) {
      const rows = await session.rows(
        `SELECT ${names.map(sqlName).join(', ')} FROM ${source} WHERE ${MOMENT_COLUMN} = ${sqlTime(at)}`,
      );
      const file = join(dir, scope.project, history.table, `${at}.json`);
      const cells = rows.map((row) => [
        ...table.key.map((name) => row[name] ?? null),
        ...table.columns.map((name) => finite(row[name])),
      ]);
      await replaceFile(
        file,
        JSON.stringify({ table: history.table, at, key: table.key, columns: table.columns, rows: cells }),
      );
    }
  }
  return from;
}

/** NaN and the infinities come as text; both are missing, here as in training. */
function finite(value: string | number | boolean | null | undefined): number | null {
  return typeof value === 'string' || value === null || value === undefined ? null : Number(value);
}
