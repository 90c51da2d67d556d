import { TendError } from '../../kernel/error.ts';
import { percentShare } from '../../kernel/schema.ts';
import { projectChain } from '../../store/ledger-entry.ts';
import { judgementsJson } from '../problem/index.ts';
import { evidencedStep, type StageScope } from '../stage-scope.ts';
import { awaitTraffic, type CanaryStep, type TrafficEnd } from './await-traffic.ts';
import { type EndpointRoute, routeStatements } from './endpoint-store.ts';
import { awaitRouting } from './await-routing.ts';
import { liveClock } from './live-clock.ts';
import { publishRouting } from './publish-routing.ts';
import { judgeGuards } from './rollout-guard.ts';
import type { RolloutInput } from './rollout-input.ts';
import { endStatement, readRollout, stepStatement } from './rollout-store.ts';
import type { CanarySpec } from './spec.ts';

/** A rollout that has begun, as it is remembered: what had the traffic, and what stood warm beside it. */
export type StartedRollout = {
  readonly rollout: string;
  readonly from: string | null;
  readonly warm: string | null;
};

/** A rollout that goes by shares of traffic. */
export interface StartedCanary extends StartedRollout {
  readonly from: string;
  readonly canary: CanarySpec;
}

/** What the shares showed. */
export interface CanaryEnd {
  readonly verdict: 'pass' | 'fail';
  readonly reason: string;
  readonly evidence: readonly string[];
}

/**
 * Gives the candidate one share after the other, each for its declared predictions; takes it back when one
 * fails.
 */
export async function canary(
  scope: StageScope,
  input: RolloutInput,
  started: StartedCanary,
): Promise<CanaryEnd> {
  try {
    return await shares(scope, input, started);
  } catch (error) {
    // An interruption or a wait is no failure: the candidate keeps its share and the execution goes on.
    if (error instanceof TendError && error.code !== 'INTERRUPTED') {
      await takeBack(scope, input, started, error.message);
    }
    throw error;
  }
}

async function shares(scope: StageScope, input: RolloutInput, started: StartedCanary): Promise<CanaryEnd> {
  const evidence: string[] = [];
  const bake = Number(started.canary.bake.split(' ')[0]);
  for (const [index, share] of started.canary.canary.entries()) {
    await weightStep(scope, input, started, index, share);
    const { generation } = await publishRouting(scope);
    const step: CanaryStep = { index, share, bake, bakeWithin: started.canary.bake_within, generation };
    const end = await awaitTraffic(scope, input, started.rollout, step);
    const closed = await bakeStep(scope, input, step, end);
    evidence.push(...closed.evidence);
    if (closed.result.verdict === 'pass') continue;
    await takeBack(scope, input, started, closed.result.reason);
    return { verdict: 'fail', reason: closed.result.reason, evidence };
  }
  return { verdict: 'pass', reason: '', evidence };
}

async function weightStep(
  scope: StageScope,
  input: RolloutInput,
  started: StartedCanary,
  index: number,
  share: string,
): Promise<void> {
  const { endpoint } = input.spec;
  const weight = percentShare(share);
  await scope.workflow.step(`deployment.rollout.${index}.weight`, async () => {
    const rollout = await readRollout(scope.db, started.rollout);
    const times = { now: scope.clock.now(), startedAt: await liveClock(scope) };
    return {
      result: {},
      statements: [
        ...routeStatements(endpoint, scope.project, [
          { releaseHash: started.from, weight: 1 - weight, role: 'stable' },
          { releaseHash: input.releaseHash, weight, role: 'candidate' },
        ]),
        stepStatement(rollout, index, times),
      ],
      ledger: [
        {
          chain: projectChain(scope.project),
          action: 'endpoint.canary',
          actor: input.actor,
          subject: endpoint,
          body: { rollout: started.rollout, release: input.releaseHash, share },
        },
      ],
    };
  });
}

/** Closes a step with what its predictions showed. */
function bakeStep(scope: StageScope, input: RolloutInput, step: CanaryStep, end: TrafficEnd) {
  const name = `rollout.${step.index}.bake`;
  return evidencedStep<{ verdict: 'pass' | 'fail'; reason: string }>(scope, 'deployment', name, async () => {
    const { counts } = end;
    const guards = judgeGuards(input.guards, counts, step.bake);
    const verdict =
      end.kind === 'judged' && guards.verdict === 'pass' ? ('pass' as const) : ('fail' as const);
    const reason = reasonOf(end, step, verdict);
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
            counts,
            inconclusive: end.kind === 'inconclusive',
            criteria: judgementsJson(guards.judged),
          },
        },
      ],
    };
  });
}

function reasonOf(
  end: TrafficEnd,
  { share, bake, bakeWithin }: CanaryStep,
  verdict: 'pass' | 'fail',
): string {
  const { predictions, errors } = end.counts;
  switch (end.kind) {
    case 'inconclusive':
      return `inconclusive: ${predictions} of ${bake} predictions within ${bakeWithin ?? ''}`;
    case 'withdrawn':
      return `it was taken back at ${share} after ${predictions} predictions`;
    case 'unloadable':
      return `the serving process does not take it at ${share}: ${end.reason}`;
    case 'judged':
      return verdict === 'pass'
        ? `${predictions} predictions at ${share}, guards held`
        : `a guard failed at ${share}: ${errors} errors beside ${predictions} predictions`;
  }
}

/** Gives all traffic back to the version that had it, unless that was done from outside. */
async function takeBack(
  scope: StageScope,
  input: RolloutInput,
  started: StartedCanary,
  reason: string,
): Promise<void> {
  await scope.workflow.step('deployment.rollout.back', async () => {
    const { state } = await readRollout(scope.db, started.rollout);
    if (state !== 'running') return { result: {} };
    const { endpoint } = input.spec;
    return {
      result: {},
      statements: [
        ...routeStatements(endpoint, scope.project, routesBefore(started)),
        endStatement(started.rollout, 'rolled-back', scope.clock.now()),
      ],
      ledger: [
        {
          chain: projectChain(scope.project),
          action: 'endpoint.taken-back',
          actor: input.actor,
          subject: endpoint,
          body: { rollout: started.rollout, from: input.releaseHash, to: started.from, reason },
        },
      ],
    };
  });
  const { generation } = await publishRouting(scope);
  if (input.atClockMoves === true) await awaitRouting(scope, generation);
}

/** The routes that an endpoint had before a rollout began. */
export function routesBefore(started: {
  readonly from: string;
  readonly warm: string | null;
}): EndpointRoute[] {
  const routes: EndpointRoute[] = [{ releaseHash: started.from, weight: 1, role: 'stable' }];
  if (started.warm !== null) routes.push({ releaseHash: started.warm, weight: 0, role: 'warm' });
  return routes;
}
