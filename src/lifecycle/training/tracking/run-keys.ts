import type { Database } from '../../../store/database.ts';
import { readRows } from '../../../store/sql-text.ts';
import type { Fragment } from './comparison.ts';

/** What a search finds of a run: its id, and what it is ordered by. */
export interface KeyRow {
  readonly id: string;
  readonly started_at: number;
  readonly key?: string | number | null;
}

/** The parts, one after the other or merged in their common order. */
export function mergedKeys(
  db: Database,
  parts: readonly Fragment[],
  order: string,
  limit: number,
): Promise<readonly KeyRow[]> {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return readRows<KeyRow>(db, only.sql, only.values);
  const sql = parts.map((part, index) => `select * from (${part.sql}) as part${index}`).join(' union all ');
  return readRows<KeyRow>(db, `select * from (${sql}) as parts order by ${order} limit ?`, [
    ...parts.flatMap(({ values }) => values),
    limit,
  ]);
}
