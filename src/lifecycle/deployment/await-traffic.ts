import { setTimeout as delay } from 'node:timers/promises';
import { durationMs } from '../../kernel/schema.ts';
import { planeStatus } from '../../serve/plane-client.ts';
import type { PlaneStatus } from '../../serve/plane-status.ts';
import type { StageScope } from '../stage-scope.ts';
import { liveClock, replayedTo } from './live-clock.ts';
import { judgeGuards } from './rollout-guard.ts';
import type { RolloutInput } from './rollout-input.ts';
import { countsStatement, readRollout, type Rollout, type RolloutCounts } from './rollout-store.ts';

/** One share of traffic on the way to all of it. */
export interface CanaryStep {
  readonly index: number;
  readonly share: string;
  /** Predictions of the candidate that close the step. */
  readonly bake: number;
  readonly bakeWithin: string | undefined;
  /** Of the routing snapshot with this share. */
  readonly generation: number;
}

/**
 * How the wait for a candidate's traffic ended. `withdrawn`: the rollout was ended from outside.
 * `unloadable`: the serving process does not take the release.
 */
export type TrafficEnd = { readonly counts: RolloutCounts } & (
  | { readonly kind: 'judged' | 'inconclusive' | 'withdrawn' }
  | { readonly kind: 'unloadable'; readonly reason: string }
);

/** Without a prediction for this long the execution goes to rest and is looked at again by the server. */
const PATIENCE_MS = 5_000;
const POLL_MS = 200;
/** While workers take a new snapshot up, in a replay: it holds the replay up. */
const POLL_REPLAY_MS = 20;
const LOOK_AGAIN_MS = 1_000;
/**
 * A release that a worker cannot load now (a file is being restored, memory is short) is tried for so long.
 */
const LOAD_WITHIN_MS = 10_000;

/**
 * Waits until the candidate has answered enough predictions, or its guards cannot hold any more. Goes to rest
 * when no traffic comes; in a replay at once, to be woken by the next move of the project clock. A step that
 * was closed before is not waited for again: its result is stored.
 */
export async function awaitTraffic(
  scope: StageScope,
  input: RolloutInput,
  id: string,
  step: CanaryStep,
): Promise<TrafficEnd> {
  const started = await readRollout(scope.db, id);
  let { counts } = started;
  if (started.state === 'promoted' || started.step > step.index) return { kind: 'judged', counts };
  const workers = input.spec.workers ?? 1;
  let plane = await scope.planes.ensure(workers);
  const paced = await isPaced(scope, input);
  let idleSince = scope.clock.monotonic();
  let refusedSince: number | undefined;
  for (;;) {
    const rollout = await readRollout(scope.db, id);
    if (rollout.state !== 'running') return { kind: 'withdrawn', counts };
    const status = await planeStatus(plane.url).catch(() => undefined);
    // It was stopped or killed: the next one counts from zero, and what was counted so far is on disk.
    if (status === undefined) plane = await scope.planes.ensure(workers);
    const next = status === undefined ? counts : countOn(status, input, counts);
    if (next.predictions !== counts.predictions || next.errors !== counts.errors || counts.seen === null) {
      idleSince = scope.clock.monotonic();
      await scope.db.commit({ statements: [countsStatement(id, step.index, next, scope.clock.now())] });
    }
    counts = next;
    report(scope, input, step, counts);
    if (judgeGuards(input.guards, counts, step.bake).verdict !== 'open') return { kind: 'judged', counts };
    if (expired(await liveClock(scope), rollout, step)) return { kind: 'inconclusive', counts };
    refusedSince = refuses(status, step) ? (refusedSince ?? scope.clock.monotonic()) : undefined;
    if (refusedSince !== undefined && scope.clock.monotonic() - refusedSince > LOAD_WITHIN_MS) {
      return { kind: 'unloadable', counts, reason: status?.routingError ?? '' };
    }
    const idle = scope.clock.monotonic() - idleSince > PATIENCE_MS || (paced && inForce(status, step));
    if (idle && refusedSince === undefined) await rest(scope, input, step, { counts, paced });
    await delay(paced ? POLL_REPLAY_MS : POLL_MS, undefined, { signal: scope.workflow.signal });
  }
}

/** Is it the moves of the project clock that wake this execution? Not before a replay has begun. */
async function isPaced(scope: StageScope, input: RolloutInput): Promise<boolean> {
  const at = await replayedTo(scope);
  if (at === undefined) return false;
  return input.atClockMoves === true || at > (scope.projectClock ?? at);
}

/** Has every worker the snapshot with this share? What a replay sends next is then divided by it. */
function inForce(status: PlaneStatus | undefined, step: CanaryStep): boolean {
  return (status?.generation ?? -1) >= step.generation;
}

function report(scope: StageScope, input: RolloutInput, step: CanaryStep, counts: RolloutCounts): void {
  const missing = Math.max(0, step.bake - counts.predictions);
  scope.workflow.report({
    text: `deployment: canary at ${step.share}, ${missing} more predictions on version ${input.version}`,
    share: Math.min(1, counts.predictions / step.bake),
  });
}

async function rest(
  scope: StageScope,
  input: RolloutInput,
  step: CanaryStep,
  { counts, paced }: { readonly counts: RolloutCounts; readonly paced: boolean },
): Promise<never> {
  const where = `on version ${input.version} at ${input.spec.endpoint}`;
  // What the board says stands until the step is closed, so it names what the step needs, not what is missing
  // just now.
  await input.onWaiting(`canary ${step.index}`, `canary at ${step.share}: ${step.bake} predictions ${where}`);
  const missing = step.bake - counts.predictions;
  const reason = `canary at ${step.share}: ${missing} more predictions ${where}`;
  return scope.workflow.wait(reason, paced ? {} : { wakeAfterMs: LOOK_AGAIN_MS });
}

/** The candidate's counters, added up over restarts of the plane. Those before the step do not count. */
function countOn(status: PlaneStatus, input: RolloutInput, before: RolloutCounts): RolloutCounts {
  const release = status.endpoints[input.spec.endpoint]?.[input.releaseHash];
  const now = {
    since: status.since,
    predictions: release?.predictions ?? 0,
    errors: release?.errors ?? 0,
  };
  const start = before.seen ?? now;
  const restarted = start.since !== now.since;
  return {
    predictions: before.predictions + now.predictions - (restarted ? 0 : start.predictions),
    errors: before.errors + now.errors - (restarted ? 0 : start.errors),
    seen: now,
  };
}

/** Is an older snapshot in force because this one cannot be? */
function refuses(status: PlaneStatus | undefined, step: CanaryStep): boolean {
  return status !== undefined && status.routingError !== null && (status.generation ?? -1) < step.generation;
}

/** The clock of a replay that rests lets nothing expire. */
function expired(now: number, rollout: Rollout, step: CanaryStep): boolean {
  return step.bakeWithin !== undefined && now - rollout.stepStartedAt > durationMs(step.bakeWithin);
}
