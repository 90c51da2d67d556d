import { type DataOutputs, type SplitBounds, type SplitSpec, windowBounds } from '../data/index.ts';

/** A declared window of history: `all`, or `1 month`, `6 weeks`, `30 days`. */
export type Window = 'all' | (string & {});

const DAY_MS = 86_400_000;

/**
 * Where a window that ends at `to` begins, milliseconds UTC. A month is one of the calendar: from the 31st it
 * goes back to the last day of a shorter month. `first`: the earliest moment there is anything of; no window
 * begins before it, and `all` begins there.
 */
export function windowFrom(window: Window, { to, first }: { readonly to: number; readonly first: number }) {
  if (window === 'all') return first;
  const [amount = '', unit = ''] = window.split(' ');
  return Math.max(first, before(to, Number(amount), unit));
}

function before(to: number, amount: number, unit: string): number {
  if (unit.startsWith('day')) return to - amount * DAY_MS;
  if (unit.startsWith('week')) return to - amount * 7 * DAY_MS;
  return monthsBefore(to, amount);
}

/** The same day and time some months earlier; the last day of the month where it has no such day. */
export function monthsBefore(at: number, months: number): number {
  const moment = new Date(at);
  const day = moment.getUTCDate();
  moment.setUTCDate(1);
  moment.setUTCMonth(moment.getUTCMonth() - months);
  const last = new Date(Date.UTC(moment.getUTCFullYear(), moment.getUTCMonth() + 1, 0)).getUTCDate();
  moment.setUTCDate(Math.min(day, last));
  return moment.getTime();
}

/** A candidate's window with its parts; without bounds where rows are divided by hash. */
export interface CandidateWindow {
  readonly window: Window;
  readonly bounds: SplitBounds | null;
}

/**
 * The windows of a retraining that ends at the project clock `at`. Rows that are divided by hash have no
 * time to cut by: there is one window, `all`.
 */
export function candidateWindows(
  windows: readonly Window[],
  split: SplitSpec,
  data: DataOutputs,
  at: number,
): CandidateWindow[] {
  if (split.by !== 'time') return [{ window: 'all', bounds: null }];
  const first = firstMoment(data);
  return [...new Set(windows)].map((window) => ({
    window,
    bounds: windowBounds(split, { from: windowFrom(window, { to: at, first }), to: at }),
  }));
}

/** The earliest event time that training can use: rows begin there, and every feature table has begun. */
function firstMoment({ versions, features, histories }: DataOutputs): number {
  const partitions = versions[features.source]?.partitions ?? [];
  const froms = partitions.flatMap(({ refused, from }) => (refused === null && from !== null ? [from] : []));
  return Math.max(froms.length === 0 ? 0 : Math.min(...froms), ...histories.map(({ from }) => from));
}
