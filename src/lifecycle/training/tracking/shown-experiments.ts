import type { Database } from '../../../store/database.ts';
import { readRows } from '../../../store/sql-text.ts';
import type { ExperimentTable } from '../../../store/tables/tracking-tables.ts';
import type { RunSearch } from './run-search.ts';

/** An experiment of which runs are shown. */
export interface Shown {
  readonly id: number;
  /** Condition on a run of the experiment, from what is to be shown. */
  readonly deleted: 'r.deleted_at is null' | 'r.deleted_at is not null' | 'true';
}

/** All runs of a deleted experiment count as deleted. */
export async function shownExperiments(
  db: Database,
  { experimentIds, show }: RunSearch,
): Promise<readonly Shown[]> {
  if (experimentIds.length === 0) return [];
  const ids = [...new Set(experimentIds)];
  const rows = await readRows<Pick<ExperimentTable, 'id' | 'deleted_at'>>(
    db,
    `select id, deleted_at from experiment where id in (${ids.map(() => '?').join(', ')})`,
    ids,
  );
  return rows.flatMap(({ id, deleted_at }): Shown[] => {
    if (show === 'all') return [{ id, deleted: 'true' }];
    if (show === 'active') return deleted_at === null ? [{ id, deleted: 'r.deleted_at is null' }] : [];
    return [{ id, deleted: deleted_at === null ? 'r.deleted_at is not null' : 'true' }];
  });
}
