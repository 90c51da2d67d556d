import { lineageEdge } from '../../store/lineage.ts';
import { liveClock, runDeployment, type DeploymentOutputs } from '../deployment/index.ts';
import type { StageResult, StageScope } from '../stage-scope.ts';
import type { Champion } from './champion.ts';
import type { RetrainingInputs } from './retraining-inputs.ts';
import { changeCandidate, changeRetraining } from './retraining-store.ts';
import { retrainingStep } from './retraining-step.ts';
import { type CandidateSetting, candidateScope, type TrainedCandidate } from './train-candidate.ts';

type Judged = Extract<TrainedCandidate, { readonly kind: 'judged' }>;

/** How the rollout of a candidate ended. */
export interface Promotion {
  readonly taken: boolean;
  readonly reason: string;
  readonly deployment: StageResult<DeploymentOutputs>;
  readonly evidence: readonly string[];
}

/**
 * Moves the endpoint to a candidate, under the approval that its document has, or after asking for one. What
 * the candidate's own traffic shows may still take it back.
 */
export async function promoteCandidate(
  scope: StageScope,
  inputs: RetrainingInputs,
  setting: CandidateSetting & { readonly champion: Champion; readonly evidence: readonly string[] },
  winner: Judged,
): Promise<Promotion> {
  const { standing, data, champion } = setting;
  const { results } = winner;
  if (standing !== undefined) await noteApproval(scope, inputs, winner, standing);
  const deployment = await runDeployment(candidateScope(scope, winner.window), {
    ...inputs.stages.deployment(data.outputs, results),
    ...(standing === undefined ? {} : { standing }),
    atClockMoves: true,
    author: inputs.author,
    onWaiting: (occasion, reason, evidence) =>
      inputs.onWaiting(occasion, reason, [...setting.evidence, ...evidence]),
  });
  const { version, releaseHash } = deployment.outputs;
  const taken = deployment.verdict === 'pass';
  const ended = await retrainingStep<{ reason: string }>(scope, 'promoted', inputs.author, async () => {
    const now = scope.clock.now();
    const evidence = [...winner.evidence, ...setting.evidence, ...deployment.evidence];
    const reason = taken
      ? `version ${version} (${winner.window}) took over from version ${champion.version}`
      : `version ${version} (${winner.window}) was better and did not take over: ${deployment.reason}`;
    if (!taken) return refusedOutcome(scope, inputs, winner, { reason, evidence });
    const promotedAt = await liveClock(scope);
    const body = {
      retraining: inputs.id,
      candidate: winner.id,
      version,
      release: releaseHash,
      replaced: champion.release,
    };
    const { executionId } = scope.workflow;
    return {
      result: { reason },
      statements: () => [
        changeCandidate(winner.id, { state: 'promoted', reason, evidence }, now),
        changeRetraining(
          inputs.id,
          'running',
          {
            state: 'promoted',
            reason,
            promoted: version,
            promotion: {
              promotedAt,
              endpoint: inputs.endpoint,
              release: releaseHash,
              replaced: champion.release,
              version,
              replacedVersion: champion.version,
              lookAt: promotedAt + inputs.effectAfterMs,
            },
          },
          now,
        ),
        lineageEdge(
          { from: champion.release, to: releaseHash, kind: 'succeeded-by', executionId },
          scope.clock,
        ),
      ],
      ledger: [{ action: 'retraining.promoted', subject: inputs.id, body }],
      events: [{ type: 'retraining.candidate.promoted', body: { ...body, endpoint: inputs.endpoint } }],
    };
  });
  return { taken, reason: ended.result.reason, deployment, evidence: deployment.evidence };
}

/** Says in the ledger under which approval a candidate goes that nobody was asked about anew. */
async function noteApproval(
  scope: StageScope,
  inputs: RetrainingInputs,
  winner: Judged,
  approval: string,
): Promise<void> {
  const { manifestBlob, version } = winner.results.training.outputs;
  await retrainingStep(scope, 'approved-under', inputs.author, async () => ({
    result: {},
    statements: () => [],
    ledger: [
      {
        action: 'retraining.approved-under',
        subject: manifestBlob,
        body: { approval, version, spec: inputs.specHash, retraining: inputs.id },
      },
    ],
  }));
}

function refusedOutcome(
  scope: StageScope,
  inputs: RetrainingInputs,
  winner: Judged,
  { reason, evidence }: { readonly reason: string; readonly evidence: readonly string[] },
) {
  const now = scope.clock.now();
  return {
    result: { reason },
    statements: () => [
      changeCandidate(winner.id, { state: 'rolled-back', reason, evidence }, now),
      changeRetraining(inputs.id, 'running', { state: 'refused', reason }, now),
    ],
    ledger: [
      { action: 'candidate.taken-back', subject: winner.id, body: { reason } },
      { action: 'retraining.refused', subject: inputs.id, body: { reason } },
    ],
    events: [
      {
        type: 'retraining.candidate.refused',
        body: {
          retraining: inputs.id,
          candidate: winner.id,
          window: winner.window,
          version: winner.results.training.outputs.version,
          reason,
        },
      },
    ],
  };
}
