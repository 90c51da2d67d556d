import type { Figure } from '../../kernel/figure.ts';
import { TendError } from '../../kernel/error.ts';
import type { Database } from '../../store/database.ts';
import { latestWindows, type MonitorWindow, monitorWindows } from './book/window-store.ts';
import { timelineMarks } from './timeline-marks.ts';

/** Windows of one figure, the newest; daily ones of nearly three years. */
const WINDOWS_MAX = 1000;

/** A live criterion over the life of a project. */
export interface Timeline {
  /** Id of the criterion; null before any was measured. */
  readonly criterion: string | null;
  /** The metric with its interval and bound, and what happened, on one axis of the project clock. */
  readonly figure: Figure;
  /** Oldest first. */
  readonly windows: readonly MonitorWindow[];
}

/**
 * A live criterion of a project over time with incidents, retrainings, promotions, refusals, rollbacks and
 * exits. The criterion is the one asked for, else the one that looks at the longest windows (outcomes
 * rather than the service).
 *
 * @throws NOT_FOUND for a criterion that was never measured.
 */
export async function timeline(
  db: Database,
  of: { readonly project: string; readonly criterion?: string },
): Promise<Timeline> {
  const { project, criterion: asked } = of;
  const measured = (await latestWindows(db, project)).filter(({ monitor }) => monitor.startsWith(PREFIX));
  const longest = [...measured].sort((a, b) => b.to - b.from - (a.to - a.from))[0]?.monitor;
  const monitor = asked === undefined ? longest : `${PREFIX}${asked}`;
  if (asked !== undefined && !measured.some((one) => one.monitor === monitor)) {
    const known = measured.map((one) => one.monitor.slice(PREFIX.length)).join(', ') || 'none';
    throw new TendError('NOT_FOUND', `no window of the criterion ${asked} was recorded; there are: ${known}`);
  }
  const newest =
    monitor === undefined ? [] : await monitorWindows(db, { project, monitor, limit: WINDOWS_MAX });
  const windows = newest.reverse();
  const criterion = monitor === undefined ? null : monitor.slice(PREFIX.length);
  return { criterion, figure: await figureOf(db, project, criterion, windows), windows };
}

const PREFIX = 'criterion:';

async function figureOf(
  db: Database,
  project: string,
  criterion: string | null,
  windows: readonly MonitorWindow[],
): Promise<Figure> {
  const metric = metricOf(windows.at(-1)) ?? 'no figure yet';
  const { thresholds, series } = boundOf(windows);
  return {
    kind: 'line',
    title: criterion === null ? 'Nothing was measured yet' : `${criterion} over time`,
    x: { label: 'end of the window', scale: 'time' },
    y: { label: metric },
    series: [
      {
        name: metric,
        points: windows.map(({ to, value }) => [to, value]),
        band: windows.flatMap(({ to, low, high }): [number, number, number][] =>
          low === null || high === null ? [] : [[to, low, high]],
        ),
      },
      ...series,
    ],
    thresholds,
    marks: await timelineMarks(db, project),
  };
}

/**
 * A bound that never changed is a threshold; one that leans on each release's test figure is a line of its
 * own.
 */
function boundOf(windows: readonly MonitorWindow[]) {
  const bounds = new Set(windows.flatMap(({ bound }) => (bound === null ? [] : [bound])));
  const [only] = bounds;
  if (only !== undefined && bounds.size === 1)
    return { thresholds: [{ value: only, label: 'bound' }], series: [] };
  const points = windows.map(({ to, bound }): [number, number | null] => [to, bound]);
  return { thresholds: [], series: bounds.size === 0 ? [] : [{ name: 'bound', points }] };
}

function metricOf(window: MonitorWindow | undefined): string | undefined {
  const { criteria } = (window?.body ?? {}) as {
    readonly criteria?: readonly { readonly metric?: string }[];
  };
  return criteria?.[0]?.metric;
}
