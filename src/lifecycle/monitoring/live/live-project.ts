import { TendError } from '../../../kernel/error.ts';
import type { PredictionRecord } from '../../../serve/prediction-record.ts';
import type { LifecycleContext } from '../../stage-scope.ts';
import type { LiveBook } from './live-book.ts';
import type { LiveInputs } from './live-inputs.ts';
import { type LiveState, readPredictions, type Settled } from './live-state.ts';
import { flush, moveClock, type OnBoundary } from './move-clock.ts';
import { restoreLive } from './restore-live.ts';
import { sealLive } from './seal-live.ts';
import { sealSegments } from './seal-segments.ts';
import { type SentOutcome, takeOutcomes, type TakenOutcomes } from './take-outcomes.ts';

/** A prediction of late, as a listing shows it. */
export interface RecentPrediction {
  readonly record: PredictionRecord;
  readonly hasOutcome: boolean;
}

/** A project that answers, watched. Calls take turns; what they leave is on disk. */
export interface LiveProject extends AsyncDisposable {
  readonly inputs: LiveInputs;
  readonly clock: () => number;
  /** Time between two boundaries, milliseconds. */
  readonly stepMs: number;
  readonly record: (outcomes: readonly SentOutcome[]) => Promise<TakenOutcomes>;
  /** Moves the clock. @throws CONFLICT for a moment before it. */
  readonly advance: (to: number, actor: string, onBoundary: OnBoundary) => Promise<void>;
  /** Seals what was received and every boundary so far: what a retraining takes must be sealed. */
  readonly seal: () => Promise<void>;
  /** Predictions with an event time in [from, to) that are not sealed, by id. */
  readonly recent: (from: number, to: number) => Promise<readonly RecentPrediction[]>;
  /** Does the project know the prediction without asking its log? */
  readonly knows: (prediction: string) => Promise<boolean>;
  /** What was taken in of a prediction since the last seal. */
  readonly settled: (prediction: string) => Settled | undefined;
}

/** Opens a project: what is not in the database is read again from its logs. */
export async function openLiveProject(
  ctx: LifecycleContext,
  inputs: LiveInputs,
  book: LiveBook,
): Promise<LiveProject> {
  const state = await restoreLive(ctx, inputs, book);
  let turn: Promise<unknown> = Promise.resolve();
  let sealing: Promise<unknown> | undefined;
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = turn.then(work, work);
    turn = done.catch(() => undefined);
    return done;
  };
  /** Beside everything else: the segments are no part of what the next boundary needs. */
  const sealBeside = (): void => {
    sealing ??= sealOnce(state, inTurn).finally(() => {
      sealing = undefined;
    });
  };
  return {
    inputs,
    clock: () => state.at,
    stepMs: state.tables.stepMs,
    record: (outcomes) => inTurn(() => takeOutcomes(state, outcomes)),
    advance: (to, actor, onBoundary) =>
      inTurn(async () => {
        if (to < state.at) {
          const now = new Date(state.at).toISOString();
          throw new TendError('CONFLICT', `the project clock stands at ${now} and does not go back`);
        }
        await book.refresh();
        await moveClock(state, to, actor, async (report) => {
          if (report.dayClosed) sealBeside();
          return onBoundary(report);
        });
      }),
    seal: () =>
      inTurn(async () => {
        await readPredictions(state);
        await flush(state);
        await sealLive(state, state.at);
      }),
    recent: (from, to) =>
      inTurn(async () => {
        await readPredictions(state);
        return recentOf(state, from, to);
      }),
    knows: (prediction) =>
      inTurn(async () => {
        await readPredictions(state);
        return state.pending.find(prediction) !== undefined || state.settled.has(prediction);
      }),
    settled: (prediction) => state.settled.get(prediction),
    [Symbol.asyncDispose]: async () => {
      await turn;
      await sealing;
      state.log.close();
      await state.tables[Symbol.asyncDispose]();
    },
  };
}

function recentOf({ pending, settled }: LiveState, from: number, to: number): RecentPrediction[] {
  const open = [...pending.values()].map(({ record }) => ({ record, hasOutcome: false }));
  const done = [...settled.values()].map(({ record }) => ({ record, hasOutcome: true }));
  return [...open, ...done]
    .filter(({ record }) => record.t >= from && record.t < to)
    .sort((a, b) => (a.record.id < b.record.id ? -1 : 1));
}

/** Seals complete segments; how it went is told at the end of the next day. */
async function sealOnce(
  state: LiveState,
  inTurn: (work: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const { project, endpoint } = state.inputs;
  // A file may have grown since it was read last.
  const forget = (file: string): Promise<void> =>
    inTurn(async () => {
      await readPredictions(state);
      state.tail.forget(file);
    });
  try {
    await sealSegments(state.ctx, { project, endpoint, forget });
    state.sealFailure = null;
  } catch (error) {
    state.sealFailure = error instanceof Error ? error.message : String(error);
  }
}
