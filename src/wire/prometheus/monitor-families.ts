import { z } from 'zod';
import type { Database } from '../../store/database.ts';
import { parseJsonText } from '../../store/json-text.ts';
import { type MetricFamily, type MetricSample, metricFamily } from './metrics-text.ts';

/** Slices of one criterion. A slice may be of a column with thousands of values, and each is a series. */
const SLICES_MAX = 20;

/** The slice of a criterion that is measured over everything. */
const ALL = 'all';

const figure = z.number().nullish();

/** One test of drift: its statistic, and what chance alone would explain. */
const effect = z.object({ effect: figure }).nullish();

/** What this reads of the body of a window; of another shape nothing is exported. */
const windowBody = z.object({
  psi: effect,
  js_distance: effect,
  ks_binned: effect,
  slices: z
    .array(z.object({ by: z.string(), parts: z.array(z.object({ part: z.string(), value: figure })) }))
    .exactOptional(),
});

/** Labels of the tests of drift, by the member of a body that holds each. */
const TESTS = { psi: 'psi', js_distance: 'js', ks_binned: 'ks' } as const;

/** A window of a monitor, the newest of those that it was asked for. */
interface Window {
  readonly project: string;
  readonly monitor: string;
  readonly verdict: string;
  readonly value: number | null;
  readonly body: z.output<typeof windowBody>;
}

/** What monitors saw last and how many incidents are open, as gauges. */
export async function monitorFamilies(db: Database): Promise<readonly MetricFamily[]> {
  const newest = await newestWindows(db, ['pass', 'fail', 'open']);
  const decided = await newestWindows(db, ['pass', 'fail']);
  const criteria = newest.filter(({ monitor }) => monitor.startsWith(CRITERION));
  return [
    metricFamily(
      'tend_drift',
      'gauge',
      'Difference of a feature or of the score from what the model was made of, in the newest window',
      newest.flatMap(driftSamples),
    ),
    metricFamily(
      'tend_live_metric',
      'gauge',
      'Metric of a live criterion in its newest window',
      criteria.flatMap(metricSamples),
    ),
    metricFamily(
      'tend_label_coverage',
      'gauge',
      'Share of predictions whose outcome is known, in the newest window',
      newest.flatMap(({ project, monitor, value }) =>
        monitor === 'outcomes' && value !== null ? [{ labels: { project }, value }] : [],
      ),
    ),
    metricFamily(
      'tend_criterion_ok',
      'gauge',
      'Whether a live criterion held in the newest window that had enough to say so: 1 or 0',
      decided.flatMap(({ project, monitor, verdict }) =>
        monitor.startsWith(CRITERION)
          ? [
              {
                labels: { project, criterion: monitor.slice(CRITERION.length) },
                value: verdict === 'pass' ? 1 : 0,
              },
            ]
          : [],
      ),
    ),
    await openIncidents(db),
  ];
}

const CRITERION = 'criterion:';
const DRIFT = 'drift:';

/** One query that reads the index alone for all but the newest rows. */
async function newestWindows(
  db: Database,
  verdicts: readonly ('pass' | 'fail' | 'open')[],
): Promise<Window[]> {
  const newest = db.query
    .selectFrom('monitor_window')
    .select(['project', 'monitor', (select) => select.fn.max('to_at').as('to_at')])
    .where('verdict', 'in', verdicts)
    .groupBy(['project', 'monitor']);
  const rows = await db.query
    .selectFrom('monitor_window as seen')
    .innerJoin(newest.as('newest'), (join) =>
      join
        .onRef('newest.project', '=', 'seen.project')
        .onRef('newest.monitor', '=', 'seen.monitor')
        .onRef('newest.to_at', '=', 'seen.to_at'),
    )
    .select(['seen.project', 'seen.monitor', 'seen.verdict', 'seen.value', 'seen.body'])
    .orderBy('seen.project')
    .orderBy('seen.monitor')
    .execute();
  return rows.map(({ project, monitor, verdict, value, body }) => {
    const read = windowBody.safeParse(parseJsonText(body));
    return { project, monitor, verdict, value, body: read.success ? read.data : {} };
  });
}

/** All tests of one feature: the monitor of all features together repeats the worst of them. */
function driftSamples({ project, monitor, body }: Window): MetricSample[] {
  if (!monitor.startsWith(DRIFT)) return [];
  const feature = monitor.slice(DRIFT.length);
  return Object.entries(TESTS).flatMap(([member, test]) => {
    const measured = body[member as keyof typeof TESTS]?.effect;
    return typeof measured === 'number' ? [{ labels: { project, feature, test }, value: measured }] : [];
  });
}

function metricSamples({ project, monitor, value, body }: Window): MetricSample[] {
  const criterion = monitor.slice(CRITERION.length);
  const all = value === null ? [] : [{ labels: { project, criterion, slice: ALL }, value }];
  const slices = (body.slices ?? []).flatMap(({ by, parts }) =>
    parts.flatMap(({ part, value: own }) =>
      typeof own === 'number'
        ? [{ labels: { project, criterion, slice: `${by} = ${part}` }, value: own }]
        : [],
    ),
  );
  return [...all, ...slices.slice(0, SLICES_MAX)];
}

/** Every project with every severity, so that an alert sees a zero and not nothing. */
async function openIncidents(db: Database): Promise<MetricFamily> {
  const projects = await db.query.selectFrom('project').select('name').orderBy('name').execute();
  const open = await db.query
    .selectFrom('incident')
    .select(['project', 'severity', (select) => select.fn.countAll<number>().as('n')])
    .where('state', '!=', 'resolved')
    .groupBy(['project', 'severity'])
    .execute();
  const samples = projects.flatMap(({ name: project }) =>
    SEVERITIES.map((severity) => ({
      labels: { project, severity },
      value: open.find((one) => one.project === project && one.severity === severity)?.n ?? 0,
    })),
  );
  return metricFamily('tend_incidents_open', 'gauge', 'Incidents that are not resolved', samples);
}

const SEVERITIES = ['info', 'warning', 'critical'] as const;
