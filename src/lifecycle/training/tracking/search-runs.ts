import type { Database } from '../../../store/database.ts';
import type { Fragment } from './comparison.ts';
import { narrowRuns } from './narrow-runs.ts';
import type { Run } from './run.ts';
import { conditionFragment } from './run-conditions.ts';
import type { RunCursor, RunOrder, RunSearch } from './run-search.ts';
import { readTrackedRuns } from './run-store.ts';
import { type Shown, shownExperiments } from './shown-experiments.ts';
import { sortRuns } from './sort-runs.ts';
import type { TrackingContext } from './tracking-context.ts';
import { walkEnds } from './walk-ends.ts';
import { walkStarts } from './walk-starts.ts';
import { walkValues } from './walk-values.ts';

/** A page of runs, and where the next one begins. */
export interface RunPage {
  readonly runs: readonly Run[];
  readonly next?: RunCursor;
}

/**
 * Finds runs page by page: one statement that walks an index in the order that is asked for and looks each
 * condition up in another, then those that read what the runs of the page hold.
 */
export async function searchRuns(ctx: Pick<TrackingContext, 'db'>, search: RunSearch): Promise<RunPage> {
  const { db } = ctx;
  const wanted = { ...search, limit: search.limit + 1 };
  const experiments = await shownExperiments(db, search);
  if (experiments.length === 0) return { runs: [] };
  const found = await findKeys(db, wanted, experiments);
  const page = found.slice(0, search.limit);
  const runs = await readTrackedRuns(
    ctx,
    page.map(({ id }) => id),
  );
  const last = page.at(-1);
  return found.length > page.length && last !== undefined ? { runs, next: last } : { runs };
}

/** Up to here a statement has one part for each experiment, which walks its own stretch of the index. */
const WALKED_MAX = 20;

async function findKeys(
  db: Database,
  search: RunSearch,
  experiments: readonly Shown[],
): Promise<readonly RunCursor[]> {
  const conditions = join(search.conditions.map((one) => conditionFragment(one, db.dialect)));
  const narrow = await narrowRuns(
    db,
    search.conditions,
    experiments.map(({ id }) => id),
  );
  if (narrow !== undefined) return sortRuns(db, search, experiments, conditions, narrow);
  const [first, ...rest] = search.order;
  const walkable = rest.length === 0 && experiments.length <= WALKED_MAX;
  if (walkable && (first === undefined || isStart(first)))
    return byStart(await walkStarts(db, search, experiments, conditions, first?.descending ?? true), first);
  if (walkable && first !== undefined && first.by.on !== 'attribute')
    return walkValues(db, search, experiments, conditions);
  if (walkable && first?.by.on === 'attribute' && first.by.attribute === 'ended')
    return walkEnds(db, search, experiments, conditions, first.descending);
  return sortRuns(db, search, experiments, conditions);
}

/** With the keys that a sort of the same order would have: another page may be found in another way. */
function byStart(found: readonly RunCursor[], order: RunOrder | undefined): readonly RunCursor[] {
  return order === undefined ? found : found.map((cursor) => ({ ...cursor, keys: [cursor.startedAt] }));
}

function isStart({ by }: RunOrder): boolean {
  return by.on === 'attribute' && by.attribute === 'started';
}

function join(fragments: readonly Fragment[]): Fragment {
  return {
    sql: fragments.map(({ sql }) => ` and ${sql}`).join(''),
    values: fragments.flatMap(({ values }) => values),
  };
}
