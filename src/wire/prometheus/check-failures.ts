import { z } from 'zod';
import type { Database } from '../../store/database.ts';
import { parseJsonText } from '../../store/json-text.ts';
import { type MetricFamily, metricFamily } from './metrics-text.ts';

/** What this reads of the evidence that checks leave; of an older shape nothing is counted. */
const checksBody = z.object({
  dataset: z.string(),
  checks: z.array(z.object({ rule: z.string(), verdict: z.string() })),
});

/** Bodies read at once: each may hold a profile of some 20 kB. */
const PAGE = 100;

interface Failures {
  readonly labels: { readonly project: string; readonly dataset: string; readonly check: string };
  count: number;
}

/**
 * Counts how often each check of a data contract failed, once for each partition it judged, from the
 * evidence. Evidence never changes, so a scrape reads only what came since the one before.
 */
export function checkFailures(db: Database): () => Promise<MetricFamily> {
  const counted = new Set<string>();
  const failures = new Map<string, Failures>();
  return async () => {
    const ids = await db.query
      .selectFrom('evidence')
      .select('id')
      .where('kind', '=', 'data-checks')
      .orderBy('id')
      .execute();
    const fresh = ids.map(({ id }) => id).filter((id) => !counted.has(id));
    for (let from = 0; from < fresh.length; from += PAGE) {
      await count(db, fresh.slice(from, from + PAGE), counted, failures);
    }
    return metricFamily(
      'tend_data_check_failures_total',
      'counter',
      'Partitions in which a check of the data contract failed',
      [...failures.values()].map(({ labels, count: value }) => ({ labels, value })),
    );
  };
}

async function count(
  db: Database,
  ids: readonly string[],
  counted: Set<string>,
  failures: Map<string, Failures>,
): Promise<void> {
  const rows = await db.query
    .selectFrom('evidence')
    .select(['id', 'project', 'body'])
    .where('id', 'in', ids)
    .execute();
  for (const { id, project, body } of rows) {
    // Two scrapes at once may read the same row.
    if (counted.has(id)) continue;
    counted.add(id);
    const read = checksBody.safeParse(parseJsonText(body));
    if (!read.success) continue;
    const { dataset, checks } = read.data;
    for (const { rule, verdict } of checks) {
      if (verdict !== 'fail') continue;
      const key = JSON.stringify([project, dataset, rule]);
      const known = failures.get(key);
      if (known === undefined) failures.set(key, { labels: { project, dataset, check: rule }, count: 1 });
      else known.count += 1;
    }
  }
}
