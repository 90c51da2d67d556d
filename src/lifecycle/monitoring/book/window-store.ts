import { TendError } from '../../../kernel/error.ts';
import type { JsonObject } from '../../../kernel/json.ts';
import type { Database } from '../../../store/database.ts';
import { parseJsonText } from '../../../store/json-text.ts';
import type { MonitorWindowTable } from '../../../store/tables/loop-tables.ts';

/** A recorded window of a monitor. `body`: figures and criteria, with title and release. */
export interface MonitorWindow {
  readonly monitor: string;
  readonly from: number;
  readonly to: number;
  readonly verdict: MonitorWindowTable['verdict'];
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly bound: number | null;
  readonly title: string;
  readonly release: string | null;
  readonly body: JsonObject;
}

/** The last window of each monitor of a project, by name of the monitor. */
export async function latestWindows(db: Database, project: string): Promise<MonitorWindow[]> {
  const rows = await db.query
    .selectFrom('monitor_window')
    .innerJoin(
      (from) =>
        from
          .selectFrom('monitor_window')
          .select((select) => ['monitor', select.fn.max('to_at').as('last')])
          .where('project', '=', project)
          .groupBy('monitor')
          .as('latest'),
      (join) =>
        join
          .onRef('latest.monitor', '=', 'monitor_window.monitor')
          .onRef('latest.last', '=', 'monitor_window.to_at'),
    )
    .selectAll('monitor_window')
    .where('project', '=', project)
    .execute();
  const windows = rows.map(windowOf);
  // By code unit: a database sorts as its collation says.
  return windows.sort((a, b) => (a.monitor < b.monitor ? -1 : 1));
}

/** Windows of a monitor, the newest first, at most `limit`, of those that end before `before`. */
export async function monitorWindows(
  db: Database,
  of: {
    readonly project: string;
    readonly monitor: string;
    readonly limit: number;
    readonly before?: number;
  },
): Promise<MonitorWindow[]> {
  let query = db.query
    .selectFrom('monitor_window')
    .selectAll()
    .where('project', '=', of.project)
    .where('monitor', '=', of.monitor);
  if (of.before !== undefined) query = query.where('to_at', '<', of.before);
  const rows = await query.orderBy('to_at', 'desc').limit(of.limit).execute();
  return rows.map(windowOf);
}

/** @throws NOT_FOUND */
export async function assertProject(db: Database, name: string): Promise<void> {
  const row = await db.query.selectFrom('project').select('name').where('name', '=', name).executeTakeFirst();
  if (row === undefined) throw new TendError('NOT_FOUND', `there is no project ${name}`);
}

function windowOf({ monitor, from_at, to_at, verdict, value, low, high, bound, body }: MonitorWindowTable) {
  const whole = parseJsonText(body) as JsonObject & {
    readonly title?: string;
    readonly release?: string | null;
  };
  const { title = '', release = null } = whole;
  return { monitor, from: from_at, to: to_at, verdict, value, low, high, bound, title, release, body: whole };
}
