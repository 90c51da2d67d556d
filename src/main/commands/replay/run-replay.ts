import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../../../kernel/clock.ts';
import { TendError } from '../../../kernel/error.ts';
import type { ReplayPlan } from './replay-plan.ts';
import { endOfData } from './end-of-data.ts';
import type { Batch, ReplayRows, Slice } from './replay-rows.ts';
import type { ClockView, OutcomeCounts, ReplayServer } from './replay-server.ts';
import { sendPredictions } from './send-predictions.ts';

/**
 * How long it waits before it asks again whether what the project carries out is done: a tenth of what it has
 * waited already, within these, so that little is lost on what is short.
 */
const BUSY_POLL_FIRST_MS = 10;
const BUSY_POLL_MS = 100;

/** Outcomes of the last day are sent again by a replay that goes on: cheap, and the server knows its own. */
const OUTCOMES_AGAIN_MS = 86_400_000;

/** What a replay did. Times are milliseconds UTC of the project clock. */
export interface ReplayReport {
  readonly from: number;
  readonly to: number;
  readonly predictions: number;
  /** Rows that the endpoint would not answer as they are. */
  readonly refused: number;
  /** Rows that had been answered before, by a replay that did not end. */
  readonly before: number;
  readonly outcomes: OutcomeCounts;
}

/** How a replay is to run. */
export interface ReplayOptions {
  readonly plan: ReplayPlan;
  readonly rows: ReplayRows;
  readonly server: ReplayServer;
  /** The moment to end at; the end of the data's last whole month if absent. */
  readonly until: number | undefined;
  /** Seconds of event time in a second at most; Infinity for as fast as it goes. */
  readonly speed: number;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly signal: AbortSignal;
  readonly onStep: (step: ReplayStep) => void;
}

/** How far it is, for whoever watches. */
export interface ReplayStep {
  readonly at: number;
  readonly share: number;
  readonly predictions: number;
  /** What the replay waits for; undefined while it sends. */
  readonly waitsFor?: string;
}

/**
 * Plays the rows of a data set as the traffic of their time: for each step of the project clock first every
 * outcome that was known by then, then the clock, then the requests of the step. Executions of the project
 * are waited for, so that they take no time of the project clock, and the next run sees the same.
 * @throws CONFLICT for a project on wall time; UNAVAILABLE when the server stays away; INTERRUPTED
 */
export async function runReplay(options: ReplayOptions): Promise<ReplayReport> {
  const { rows, server, plan } = options;
  let clock = await server.clock();
  const { at: from, starts } = clock;
  if (starts === null) {
    throw new TendError(
      'CONFLICT',
      `${plan.project} lives on wall time; only a project with a clock is replayed`,
      {
        hint: 'Declare `clock: { starts: … }` in tend.yaml.',
      },
    );
  }
  const to = options.until ?? endOfData(await rows.span(), plan.stepMs);
  const counts: Counts = { predictions: 0, refused: 0, before: 0, outcomes: NO_OUTCOMES };
  if (from >= to) return { from, to: from, ...counts };
  const pace = newPace(options);
  const again = await rows.outcomes({ from: from - OUTCOMES_AGAIN_MS, to: from, starts });
  await sendOutcomes(options, counts, again);
  const logged = await server.loggedKeys(from, Math.min(to, stepAfter(from, plan.stepMs)));
  for await (const slice of rows.slices({ from, to, starts })) {
    clock = await untilIdle(options, clock, counts, { from, to });
    await pace(slice.from);
    await playSlice(options, counts, slice, slice.from === from ? logged : new Set());
    clock = await server.moveClock(slice.to);
    options.onStep(stepOf(slice.to, counts, { from, to }));
    if (options.signal.aborted) throw new TendError('INTERRUPTED', 'interrupted');
  }
  await untilIdle(options, clock, counts, { from, to });
  return { from, to, ...counts };
}

interface Counts {
  predictions: number;
  refused: number;
  before: number;
  outcomes: OutcomeCounts;
}

const NO_OUTCOMES: OutcomeCounts = { accepted: 0, duplicate: 0, unknown: 0, refused: 0 };

function stepAfter(at: number, stepMs: number): number {
  return (Math.floor(at / stepMs) + 1) * stepMs;
}

/**
 * One step: requests, and beside them what becomes known meanwhile of rows that were answered before; then
 * what becomes known of rows of this step. All of it is in before the clock moves.
 */
async function playSlice(
  options: ReplayOptions,
  counts: Counts,
  slice: Slice,
  logged: ReadonlySet<string | number>,
): Promise<void> {
  const { server, plan, rows } = options;
  const span = { from: slice.from, to: slice.to };
  const predictions = logged.size === 0 ? slice.predictions : await rows.predictionsWithout(span, logged);
  counts.before += rowsIn(slice.predictions) - rowsIn(predictions);
  const earlier = sendOutcomes(options, counts, slice.outcomesOfEarlier);
  const sent = sendPredictions(server, plan.endpoint, predictions, async () =>
    rows.predictionsWithout(span, await server.loggedKeys(slice.from, slice.to)),
  );
  // Both are waited for whatever happens: nothing may go on sending after a failure was told.
  const [ended, answered] = await Promise.allSettled([earlier, sent]);
  if (answered.status === 'rejected') throw answered.reason;
  if (ended.status === 'rejected') throw ended.reason;
  counts.predictions += answered.value.answered;
  counts.refused += answered.value.refused;
  await sendOutcomes(options, counts, slice.outcomesOfOwn);
}

function rowsIn(batches: readonly Batch[]): number {
  return batches.reduce((sum, batch) => sum + batch.rows, 0);
}

async function sendOutcomes(
  { server }: ReplayOptions,
  counts: Counts,
  batches: readonly Batch[],
): Promise<void> {
  for (const batch of batches) {
    const became = await server.outcomes(batch.text);
    const { outcomes } = counts;
    counts.outcomes = {
      accepted: outcomes.accepted + became.accepted,
      duplicate: outcomes.duplicate + became.duplicate,
      unknown: outcomes.unknown + became.unknown,
      refused: outcomes.refused + became.refused,
    };
  }
}

/** Waits while the project carries something out that needs no traffic. */
async function untilIdle(
  { server, signal, onStep }: ReplayOptions,
  known: ClockView,
  counts: Counts,
  span: { readonly from: number; readonly to: number },
): Promise<ClockView> {
  let clock = known;
  let waited = 0;
  while (clock.busy.length > 0) {
    const waitsFor = [...new Set(clock.busy.map(({ workflow }) => workflow))].join(', ');
    onStep({ ...stepOf(clock.at, counts, span), waitsFor });
    const pollMs = Math.min(BUSY_POLL_MS, Math.max(BUSY_POLL_FIRST_MS, waited / 10));
    await delay(pollMs, undefined, { signal }).catch(() => {
      throw new TendError('INTERRUPTED', 'interrupted');
    });
    waited += pollMs;
    clock = await server.clock();
  }
  return clock;
}

function stepOf(
  at: number,
  { predictions }: Counts,
  { from, to }: { readonly from: number; readonly to: number },
): ReplayStep {
  return { at, share: (at - from) / (to - from), predictions };
}

/** Holds a step back until its time has come at the wanted speed. */
function newPace({ speed, clock, signal }: ReplayOptions): (at: number) => Promise<void> {
  let first: { readonly at: number; readonly now: number } | undefined;
  return async (at) => {
    if (!Number.isFinite(speed)) return;
    first ??= { at, now: clock.monotonic() };
    const early = (at - first.at) / speed - (clock.monotonic() - first.now);
    if (early <= 0) return;
    await delay(early, undefined, { signal }).catch(() => {
      throw new TendError('INTERRUPTED', 'interrupted');
    });
  };
}
