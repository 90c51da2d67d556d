import { build } from '../../../store/build.ts';
import type { LedgerDraft, Statement } from '../../../store/database.ts';
import { projectChain } from '../../../store/ledger-entry.ts';
import type { WindowReport } from '../book/window-report.ts';
import { type LiveState, readPredictions, type SampleRow } from './live-state.ts';
import { sealLive } from './seal-live.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** Rows kept as a sample of what broke a rule. */
const SAMPLES_MAX = 5;

/** Rows that a rule of the contract set aside since the boundary before. */
export interface SetAside {
  readonly rule: string;
  readonly rows: number;
  readonly samples: readonly SampleRow[];
}

/** What was seen at one boundary of the project clock. */
export interface BoundaryReport {
  readonly at: number;
  readonly windows: readonly WindowReport[];
  /** True at midnight UTC: the day before is closed and sealed. */
  readonly dayClosed: boolean;
  readonly setAside: readonly SetAside[];
  readonly predictions: number;
  readonly outcomes: number;
}

/**
 * Moves the clock to `to`, boundary by boundary: takes in what was received, computes and publishes the
 * feature tables, closes windows, and commits. `onBoundary` is called before the commit of each. A kill in
 * between leaves the clock where it was, and everything since is done again from the logs.
 */
export async function moveClock(
  state: LiveState,
  to: number,
  actor: string,
  onBoundary: OnBoundary,
): Promise<void> {
  while (state.at < to) {
    await boundary(state, Math.min(to, state.tables.next(state.at)), actor, onBoundary);
  }
}

async function boundary(state: LiveState, at: number, actor: string, onBoundary: OnBoundary): Promise<void> {
  await readPredictions(state);
  await flush(state);
  await state.tables.boundary(at);
  const dayClosed = at % DAY_MS === 0;
  const windows: WindowReport[] = at % HOUR_MS === 0 ? [...state.book.closeHour(at)] : [];
  if (dayClosed) windows.push(...state.book.closeDay(at), ...sealReport(state, at));
  const setAside = [...state.setAside].map(([rule, { rows, samples }]) => ({ rule, rows, samples }));
  const { predictions, outcomes } = state;
  const after = await onBoundary({ at, windows, dayClosed, setAside, predictions, outcomes });
  const unit = clockUnit(state, at, actor);
  if (dayClosed) await sealLive(state, at, unit);
  else await state.ctx.db.commit(unit);
  state.at = at;
  state.predictions = 0;
  state.outcomes = 0;
  state.setAside.clear();
  if (dayClosed) state.pending.expire(at - state.inputs.withinMs);
  await after?.();
}

/**
 * Told of each boundary before it is committed. What it returns runs after the commit: work that reads the
 * clock, or takes what the day sealed.
 */
export type OnBoundary = (report: BoundaryReport) => Promise<(() => Promise<void>) | undefined>;

function clockUnit(
  { inputs }: LiveState,
  at: number,
  actor: string,
): { readonly statements: Statement[]; readonly ledger: LedgerDraft[] } {
  const { project, replay } = inputs;
  const query = build
    .insertInto('project_clock')
    .values({ project, at })
    .onConflict((conflict) => conflict.column('project').doUpdateSet({ at }));
  const entry = {
    chain: projectChain(project),
    action: 'clock.moved',
    actor,
    subject: project,
    body: { at },
  };
  // Wall time moves by itself; only a clock that somebody moves is a state that changes.
  return { statements: [{ query, expect: 1 }], ledger: replay ? [entry] : [] };
}

/** What became of the sealing of segments that was begun a day ago; nothing where none has ended since. */
function sealReport(state: LiveState, at: number): WindowReport[] {
  const failure = state.sealFailure;
  if (failure === undefined) return [];
  state.sealFailure = undefined;
  const title =
    failure === null ? 'Prediction segments are sealed' : `Prediction segments are not sealed: ${failure}`;
  return [
    {
      monitor: 'monitor:seal',
      from: at - DAY_MS,
      to: at,
      verdict: failure === null ? 'pass' : 'fail',
      value: null,
      release: null,
      title,
      body: failure === null ? {} : { error: failure },
    },
  ];
}

/** Takes the received rows into the data and tells the monitors their outcomes. */
export async function flush(state: LiveState): Promise<void> {
  const rows = state.buffer;
  if (rows.length === 0) return;
  const received = await state.tables.add(rows.map(({ row }) => row));
  state.buffer = [];
  for (const [i, { row, ref, settled }] of rows.entries()) {
    const one = received[i];
    if (one === undefined) continue;
    settled.received = one;
    if (one.rule !== null) noteSetAside(state, one.rule, row.values, one.error);
    else if (ref !== undefined) state.book.outcome(ref, one.target);
  }
}

function noteSetAside(
  state: LiveState,
  rule: string,
  values: readonly (number | string | boolean | null)[],
  error: string | undefined,
): void {
  const one = state.setAside.get(rule) ?? { rows: 0, samples: [] };
  one.rows++;
  const names = state.inputs.data.features.columns.map(({ name }) => name).filter((name) => name !== 'row');
  if (one.samples.length < SAMPLES_MAX) {
    const sample = Object.fromEntries(names.map((name, place) => [name, values[place] ?? null]));
    one.samples.push(error === undefined ? sample : { ...sample, '(error)': error });
  }
  state.setAside.set(rule, one);
}
