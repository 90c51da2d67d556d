import { newId } from '../../kernel/id.ts';
import { evidencedStep, type StageScope } from '../stage-scope.ts';
import { awaitRouting } from './await-routing.ts';
import { canary, type StartedRollout } from './canary.ts';
import { type EndpointRoute, listRoutes } from './endpoint-store.ts';
import { liveClock } from './live-clock.ts';
import { promotion } from './promotion.ts';
import { publishRouting } from './publish-routing.ts';
import type { RolloutInput } from './rollout-input.ts';
import { startStatement } from './rollout-store.ts';

/** How a rollout ended. */
export interface RolloutEnd {
  readonly verdict: 'pass' | 'fail';
  readonly reason: string;
  readonly evidence: readonly string[];
}

/** Moves an endpoint to a release: at once where nothing was live or the spec says so, else by canary. */
export async function rollOut(scope: StageScope, input: RolloutInput): Promise<RolloutEnd> {
  const { spec } = input;
  const started = await startStep(scope, input);
  const { from } = started;
  const evidence: string[] = [];
  if (from !== null && from !== input.releaseHash && typeof spec.rollout === 'object') {
    const end = await canary(scope, input, { ...started, from, canary: spec.rollout });
    evidence.push(...end.evidence);
    if (end.verdict === 'fail') return { ...end, evidence };
  }
  const promoted = await promoteStep(scope, input, started);
  const { generation } = await publishRouting(scope);
  if (input.atClockMoves === true) await awaitRouting(scope, generation);
  return {
    verdict: 'pass',
    reason: `version ${input.version} answers at ${spec.endpoint}`,
    evidence: [...evidence, ...promoted.evidence],
  };
}

async function startStep(scope: StageScope, input: RolloutInput): Promise<StartedRollout> {
  const started = await evidencedStep<StartedRollout>(scope, 'deployment', 'rollout.start', async () => {
    const { endpoint } = input.spec;
    const routes = await listRoutes(scope.db, endpoint);
    const hash = (role: EndpointRoute['role']) => routes.find((route) => route.role === role)?.releaseHash;
    const from = hash('stable') ?? null;
    const warm = hash('warm') ?? null;
    const id = newId('rol', scope.clock, scope.random);
    const row = { id, endpoint, from, warm, to: input.releaseHash };
    return {
      result: { rollout: id, from, warm },
      evidence: [],
      statements: [startStatement(row, { now: scope.clock.now(), startedAt: await liveClock(scope) })],
    };
  });
  return started.result;
}

/** All traffic to the release; the one that it takes over from is kept warm. */
function promoteStep(scope: StageScope, input: RolloutInput, { rollout, from, warm }: StartedRollout) {
  return evidencedStep(scope, 'deployment', 'rollout.promote', async () => {
    const { model, version, releaseHash } = input;
    const { endpoint } = input.spec;
    const { project } = scope;
    const moved = { project, endpoint, model, version, releaseHash, rollout, from, warm };
    const { statements, evidence } = promotion(scope, moved);
    return { result: {}, statements, evidence: [evidence] };
  });
}
