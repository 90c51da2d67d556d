import { setTimeout as delay } from 'node:timers/promises';
import { newId } from '../../kernel/id.ts';
import type { JsonObject } from '../../kernel/json.ts';
import { durationMs, percentShare } from '../../kernel/schema.ts';
import { planeStatus } from '../../serve/plane-client.ts';
import { build } from '../../store/build.ts';
import { jsonText } from '../../store/json-text.ts';
import type { Criterion } from '../problem/index.ts';
import { evidencedStep, type StageScope } from '../stage-scope.ts';
import { judgementsJson } from '../problem/index.ts';
import { moveAlias } from '../training/index.ts';
import {
  countsStatement,
  type EndpointRoute,
  listRoutes,
  NO_COUNTS,
  readCounts,
  type RolloutCounts,
  routeStatements,
} from './endpoint-store.ts';
import { publishRouting } from './publish-routing.ts';
import { judgeGuards } from './rollout-guard.ts';
import type { CanarySpec, DeploymentSpec } from './spec.ts';

export interface RolloutInput {
  readonly spec: DeploymentSpec;
  readonly model: string;
  readonly version: number;
  readonly releaseHash: string;
  readonly guards: readonly Criterion[];
}

/** How a rollout ended. */
export interface RolloutEnd {
  readonly verdict: 'pass' | 'fail';
  readonly reason: string;
  readonly evidence: readonly string[];
}

/** Without a prediction for this long the execution goes to rest and is looked at again by the server. */
const PATIENCE_MS = 5_000;
const POLL_MS = 200;
const LOOK_AGAIN_MS = 1_000;

/** Moves an endpoint to a release: at once where nothing was live or the spec says so, else by canary. */
export async function rollOut(scope: StageScope, input: RolloutInput): Promise<RolloutEnd> {
  const { spec } = input;
  const started = await evidencedStep<{ rollout: string; from: string | null; startedAt: number }>(
    scope,
    'deployment',
    'rollout.start',
    async () => {
      const routes = await listRoutes(scope.db, spec.endpoint);
      const from = routes.find((route) => route.role === 'stable')?.releaseHash ?? null;
      const id = newId('rol', scope.clock, scope.random);
      const now = scope.clock.now();
      const row = {
        id,
        endpoint: spec.endpoint,
        from_release: from,
        to_release: input.releaseHash,
        state: 'running',
        step: 0,
        counts: jsonText(NO_COUNTS),
        started_at: now,
        updated_at: now,
        body: jsonText({}),
      };
      return {
        result: { rollout: id, from, startedAt: now },
        evidence: [],
        statements: [{ query: build.insertInto('rollout').values(row), expect: 1 }],
      };
    },
  );
  const { rollout, from } = started.result;
  const evidence: string[] = [];
  if (from !== null && from !== input.releaseHash && typeof spec.rollout === 'object') {
    const end = await canary(scope, input, { ...started.result, from, canary: spec.rollout });
    evidence.push(...end.evidence);
    if (end.verdict === 'fail') return { ...end, evidence };
  }
  const promoted = await promoteStep(scope, input, rollout, from);
  await publishRouting(scope);
  return {
    verdict: 'pass',
    reason: `version ${input.version} answers at ${spec.endpoint}`,
    evidence: [...evidence, ...promoted.evidence],
  };
}

function promoteStep(scope: StageScope, input: RolloutInput, rollout: string, from: string | null) {
  return evidencedStep(scope, 'deployment', 'rollout.promote', async () => {
    const routes: EndpointRoute[] = [{ releaseHash: input.releaseHash, weight: 1, role: 'stable' }];
    if (from !== null && from !== input.releaseHash)
      routes.push({ releaseHash: from, weight: 0, role: 'warm' });
    return {
      result: {},
      statements: [
        ...routeStatements(input.spec.endpoint, scope.project, routes),
        moveAlias(input.model, 'champion', input.version),
        rolloutState(rollout, 'promoted', scope.clock.now()),
      ],
      evidence: [
        {
          kind: 'promotion',
          subject: input.releaseHash,
          verdict: 'pass' as const,
          title: `Version ${input.version} takes all traffic of ${input.spec.endpoint}`,
          body: {
            endpoint: input.spec.endpoint,
            version: input.version,
            before: from,
            rollout,
            routes: routes as unknown as JsonObject[],
          },
        },
      ],
    };
  });
}

function rolloutState(rollout: string, state: string, now: number) {
  const query = build.updateTable('rollout').set({ state, updated_at: now }).where('id', '=', rollout);
  return { query, expect: 1 };
}

interface CanaryState {
  readonly rollout: string;
  readonly from: string;
  readonly startedAt: number;
  readonly canary: CanarySpec;
}

async function canary(scope: StageScope, input: RolloutInput, state: CanaryState): Promise<RolloutEnd> {
  const evidence: string[] = [];
  const bake = Number(state.canary.bake.split(' ')[0]);
  for (const [index, share] of state.canary.canary.entries()) {
    const weight = percentShare(share);
    await scope.workflow.step(`deployment.rollout.${index}.weight`, async () => ({
      result: {},
      statements: routeStatements(input.spec.endpoint, scope.project, [
        { releaseHash: state.from, weight: 1 - weight, role: 'stable' },
        { releaseHash: input.releaseHash, weight, role: 'candidate' },
      ]),
    }));
    await publishRouting(scope);
    const bakedFor = await bakeStep(scope, input, state, { index, share, bake });
    evidence.push(...bakedFor.evidence);
    if (bakedFor.result.verdict === 'pass') continue;
    await takeBack(scope, input, state);
    return { verdict: 'fail', reason: bakedFor.result.reason, evidence };
  }
  return { verdict: 'pass', reason: '', evidence };
}

interface BakeStep {
  readonly index: number;
  readonly share: string;
  readonly bake: number;
}

/** Waits for the candidate's own predictions, then closes the step with what they showed. */
async function bakeStep(scope: StageScope, input: RolloutInput, state: CanaryState, step: BakeStep) {
  const name = `rollout.${step.index}.bake`;
  const counts = await awaitTraffic(scope, input, state, step);
  return evidencedStep<{ verdict: 'pass' | 'fail'; reason: string }>(scope, 'deployment', name, async () => {
    const guards = judgeGuards(input.guards, counts.counts, step.bake);
    const verdict = counts.inconclusive || guards.verdict !== 'pass' ? ('fail' as const) : ('pass' as const);
    const reason = counts.inconclusive
      ? `inconclusive: ${counts.counts.predictions} of ${step.bake} predictions within ${state.canary.bake_within ?? ''}`
      : verdict === 'pass'
        ? `${counts.counts.predictions} predictions at ${step.share}, guards held`
        : `a guard failed at ${step.share}: ${counts.counts.errors} errors in ${counts.counts.predictions} predictions`;
    return {
      result: { verdict, reason },
      evidence: [
        {
          kind: 'canary',
          subject: input.releaseHash,
          verdict,
          title: `Canary at ${step.share}: ${reason}`,
          body: {
            endpoint: input.spec.endpoint,
            share: step.share,
            bake: step.bake,
            counts: counts.counts as unknown as JsonObject,
            inconclusive: counts.inconclusive,
            criteria: judgementsJson(guards.judged),
          },
        },
      ],
    };
  });
}

async function awaitTraffic(
  scope: StageScope,
  input: RolloutInput,
  state: CanaryState,
  step: BakeStep,
): Promise<{ readonly counts: RolloutCounts; readonly inconclusive: boolean }> {
  const plane = await scope.planes.ensure(input.spec.workers ?? 1);
  let counts = await readCounts(scope.db, state.rollout, step.index);
  let idleSince = scope.clock.monotonic();
  for (;;) {
    scope.workflow.signal.throwIfAborted();
    const next = await countOn(plane.url, input, counts);
    if (next.predictions !== counts.predictions || next.errors !== counts.errors || counts.seen === null) {
      idleSince = scope.clock.monotonic();
      const now = scope.clock.now();
      await scope.db.commit({ statements: [countsStatement(state.rollout, step.index, next, now)] });
    }
    counts = next;
    const missing = step.bake - counts.predictions;
    scope.workflow.report({
      text: `deployment: canary at ${step.share}, ${Math.max(0, missing)} more predictions on version ${input.version}`,
      share: Math.min(1, counts.predictions / step.bake),
    });
    if (judgeGuards(input.guards, counts, step.bake).verdict !== 'open')
      return { counts, inconclusive: false };
    if (expired(scope, state)) return { counts, inconclusive: true };
    if (scope.clock.monotonic() - idleSince > PATIENCE_MS) {
      const reason = `canary at ${step.share}: ${missing} more predictions on version ${input.version} at ${input.spec.endpoint}`;
      await scope.workflow.wait(reason, { wakeAfterMs: LOOK_AGAIN_MS });
    }
    await delay(POLL_MS);
  }
}

/** The candidate's counters, added up over restarts of the plane. Those before the step do not count. */
async function countOn(url: string, input: RolloutInput, before: RolloutCounts): Promise<RolloutCounts> {
  const status = await planeStatus(url);
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

function expired(scope: StageScope, state: CanaryState): boolean {
  if (state.canary.bake_within === undefined) return false;
  // Without a replay the project clock is wall time; the clock of a replay that rests lets nothing expire.
  if (scope.projectClock !== undefined) return false;
  return scope.clock.now() - state.startedAt > durationMs(state.canary.bake_within);
}

/** Gives all traffic back to the version that had it. */
async function takeBack(scope: StageScope, input: RolloutInput, state: CanaryState): Promise<void> {
  await scope.workflow.step('deployment.rollout.back', async () => ({
    result: {},
    statements: [
      ...routeStatements(input.spec.endpoint, scope.project, [
        { releaseHash: state.from, weight: 1, role: 'stable' },
      ]),
      rolloutState(state.rollout, 'rolled-back', scope.clock.now()),
    ],
  }));
  await publishRouting(scope);
}
