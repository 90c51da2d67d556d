import type { PredictionRecord } from '../../../serve/prediction-record.ts';
import { durationMs } from '../../../kernel/schema.ts';
import type { Criterion } from '../../problem/index.ts';
import { coverageReport } from './coverage-window.ts';
import { type DriftSpec, driftReports } from './drift-window.ts';
import { isOutcomeCriterion, OUTCOME_OVER, outcomeReport } from './outcome-window.ts';
import type { ReferenceProfile } from './reference-profile.ts';
import { requestsReport } from './requests-window.ts';
import { isServiceCriterion, SERVICE_OVER, serviceReport } from './service-window.ts';
import { type BookRef, Traffic } from './traffic.ts';
import type { WindowReport } from './window-report.ts';

export type { BookRef } from './traffic.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** What a book watches. */
export interface BookOptions {
  /** What a release was made on; undefined where it was not armed. */
  readonly reference: (release: string) => ReferenceProfile | undefined;
  /** Live criteria. */
  readonly criteria: readonly Criterion[];
  readonly drift: DriftSpec | null;
  /** Names of the slicings, and the slices of a prediction in their order. */
  readonly slices: readonly string[];
  readonly sliceOf: (record: PredictionRecord) => readonly string[];
  readonly kind: 'classification' | 'regression';
  /** How far back is kept at least, milliseconds; more where a window and a day reach further. */
  readonly keepMs: number;
}

/**
 * What is known of live traffic, in windows of event time. Everything follows from the records and outcomes
 * in their order and from the moments of the closes. Nothing here throws for what traffic brings: what
 * cannot be told is `open`, with the reason; a monitor that fails says so in a report `monitor:<name>`, and
 * the others go on.
 */
export interface Book {
  readonly keepMs: number;
  readonly add: (record: PredictionRecord) => BookRef;
  /** The outcome of a prediction, as the target column says it. One that was forgotten is left alone. */
  readonly outcome: (ref: BookRef, target: number) => void;
  /**
   * Windows that end at an hour: errors, latency, requests; drift and outcome criteria over less than a
   * day.
   */
  readonly closeHour: (at: number) => readonly WindowReport[];
  /** Windows that end at midnight: drift, criteria on outcomes, label coverage. */
  readonly closeDay: (at: number) => readonly WindowReport[];
  /** Gives up what lies before a moment. Closing an hour or a day does so `keepMs` back. */
  readonly forget: (before: number) => void;
}

/** A monitor: looks at the traffic up to a moment. */
interface Monitor {
  readonly name: string;
  readonly look: (at: number) => readonly WindowReport[];
}

/** A book with nothing in it. */
export function createBook(options: BookOptions): Book {
  const keepMs = Math.max(options.keepMs, ...windowsOf(options).map((overMs) => overMs + DAY_MS));
  const traffic = new Traffic({ ...options, keepMs });
  const failing = new Set<string>();
  const { hourly, daily } = monitorsOf(options, traffic);
  return {
    keepMs,
    add: (record) => traffic.add(record),
    outcome: ({ rows, row }, target) => rows.settle(row, target),
    closeHour: (at) => {
      const reports = hourly.flatMap((monitor) => looked(monitor, at, HOUR_MS, failing));
      traffic.close(at);
      return reports;
    },
    closeDay: (at) => {
      const reports = daily.flatMap((monitor) => looked(monitor, at, DAY_MS, failing));
      traffic.forget(at - keepMs);
      return reports;
    },
    forget: (before) => traffic.forget(before),
  };
}

/** Lengths of all windows, milliseconds. */
function windowsOf({ criteria, drift }: BookOptions): number[] {
  const overs = criteria.map((criterion) =>
    durationMs(criterion.over ?? (isServiceCriterion(criterion) ? SERVICE_OVER : OUTCOME_OVER)),
  );
  return [durationMs(OUTCOME_OVER), ...overs, ...(drift === null ? [] : [drift.overMs])];
}

function monitorsOf(
  options: BookOptions,
  traffic: Traffic,
): { readonly hourly: readonly Monitor[]; readonly daily: readonly Monitor[] } {
  const { criteria, drift } = options;
  const hourly: Monitor[] = [];
  const daily: Monitor[] = [];
  for (const criterion of criteria.filter(isServiceCriterion)) {
    const look = (at: number) => [serviceReport(criterion, traffic, at)];
    hourly.push({ name: `criterion:${criterion.id}`, look });
  }
  hourly.push({ name: 'requests', look: (at) => [requestsReport(traffic, at)] });
  hourly.push({ name: 'slices', look: () => slicesLook(traffic) });
  if (drift !== null) {
    const look = (at: number) => driftReports(drift, traffic, at);
    (drift.overMs < DAY_MS ? hourly : daily).push({ name: 'drift', look });
  }
  for (const criterion of criteria.filter(isOutcomeCriterion)) {
    const look = (at: number) => [outcomeReport(criterion, options, traffic, at)];
    const short = durationMs(criterion.over ?? OUTCOME_OVER) < DAY_MS;
    (short ? hourly : daily).push({ name: `criterion:${criterion.id}`, look });
  }
  daily.push({ name: 'outcomes', look: (at) => [coverageReport(criteria, options, traffic, at)] });
  return { hourly, daily };
}

/** Slicing a prediction happens as it comes; what it threw is told with the hour. */
function slicesLook({ sliceError }: Traffic): readonly WindowReport[] {
  if (sliceError !== undefined) throw sliceError;
  return [];
}

/** What a monitor saw; where it threw, a report of that, and one more when it works again. */
function looked(monitor: Monitor, at: number, spanMs: number, failing: Set<string>): readonly WindowReport[] {
  const { name } = monitor;
  const base = { monitor: `monitor:${name}`, from: at - spanMs, to: at, value: null, release: null };
  try {
    const reports = monitor.look(at);
    if (!failing.delete(name)) return reports;
    return [...reports, { ...base, verdict: 'pass', title: `The monitor ${name} works again`, body: {} }];
  } catch (error) {
    failing.add(name);
    const message = error instanceof Error ? error.message : String(error);
    return [
      { ...base, verdict: 'fail', title: `The monitor ${name} failed: ${message}`, body: { error: message } },
    ];
  }
}
