import { build } from '../../../store/build.ts';
import type { Statement } from '../../../store/database.ts';
import { jsonText } from '../../../store/json-text.ts';
import type { WindowReport } from '../book/window-report.ts';

/**
 * Rows of windows as they were seen; a window that is seen again after a kill is the same row. They are
 * measurements and no ledger entries: what a window leads to, evidence and incident, has its own.
 */
export function windowStatements(
  project: string,
  windows: readonly WindowReport[],
  now: number,
): Statement[] {
  return windows.map((window) => {
    const said = {
      from_at: window.from,
      verdict: window.verdict,
      value: window.value,
      low: window.low ?? null,
      high: window.high ?? null,
      bound: window.bound ?? null,
      body: jsonText({ release: window.release, title: window.title, ...window.body }),
      created_at: now,
    };
    return {
      query: build
        .insertInto('monitor_window')
        .values({ project, monitor: window.monitor, to_at: window.to, ...said })
        .onConflict((conflict) => conflict.columns(['project', 'monitor', 'to_at']).doUpdateSet(said)),
    };
  });
}
