import type { JudgedCriterion } from '../../kernel/figure.ts';
import { hashJson } from '../../kernel/hash.ts';
import { lineageEdge } from '../../store/lineage.ts';
import { type DataOutputs, publishTables } from '../data/index.ts';
import { readManifest } from '../evaluation/index.ts';
import type { Criterion } from '../problem/index.ts';
import {
  type Evidenced,
  evidencedStep,
  type KeyScope,
  type StageResult,
  type StageScope,
} from '../stage-scope.ts';
import type { TrainingOutputs } from '../training/index.ts';
import { type ApprovalRule, requestApproval } from './approval-request.ts';
import { releaseStatement } from './endpoint-store.ts';
import { decideGate, type GateInput } from './gate.ts';
import { featureFolder } from './publish-routing.ts';
import { rollOut } from './rollout.ts';
import type { DeploymentSpec } from './spec.ts';

/** What deployment takes: its part of the document, and what the stages before it came to. */
export interface DeploymentInputs {
  readonly deployment: DeploymentSpec;
  readonly criteria: readonly Criterion[];
  readonly approval: ApprovalRule | null;
  /** Id of an approval given before that holds for this release as well; nobody is asked again then. */
  readonly standing?: string;
  /** See `RolloutInput`. */
  readonly atClockMoves?: boolean;
  readonly stages: readonly GateInput[];
  readonly judged: readonly JudgedCriterion[];
  readonly data: DataOutputs;
  readonly training: TrainingOutputs;
  /** Id of the principal that asked for this. */
  readonly author: string;
  /**
   * Called before the stage goes to rest, so that the board shows what it waits for; `occasion` names what it
   * is within this execution.
   */
  readonly onWaiting: (occasion: string, reason: string, evidence: readonly string[]) => Promise<void>;
}

/** What deployment hands on: which release answers where. */
export type DeploymentOutputs = {
  readonly endpoint: string;
  readonly version: number;
  readonly releaseHash: string;
};

/** Hash of what leads to production: the release, what is required of it and how it is rolled out. */
export function deploymentKey(scope: KeyScope, inputs: DeploymentInputs): string {
  const { deployment, approval, training } = inputs;
  const verdicts = inputs.stages.map(({ stage, verdict }) => ({ stage, verdict }));
  const judged = inputs.judged.map(({ id, verdict }) => ({ id, verdict }));
  const guards = guardsOf(inputs);
  return hashJson({
    stage: 'deployment',
    deployment,
    approval,
    verdicts,
    judged,
    guards,
    release: training.manifestBlob,
    version: scope.version,
  });
}

function guardsOf({ deployment, criteria }: DeploymentInputs): readonly Criterion[] {
  const ids = typeof deployment.rollout === 'object' ? (deployment.rollout.guard ?? []) : [];
  return criteria.filter((criterion) => ids.includes(criterion.id));
}

/** Gate, approval, rollout. Nothing reaches the endpoint that did not pass both. */
export async function runDeployment(
  scope: StageScope,
  inputs: DeploymentInputs,
): Promise<StageResult<DeploymentOutputs>> {
  const { training, deployment } = inputs;
  const outputs = {
    endpoint: deployment.endpoint,
    version: training.version,
    releaseHash: training.manifestBlob,
  };
  const gate = await gateStep(scope, inputs);
  if (!gate.result.open) {
    return {
      verdict: 'fail',
      reason: `the gate refused version ${training.version}: ${gate.result.reason}`,
      evidence: gate.evidence,
      outputs,
    };
  }
  const refused = await approvalOf(scope, inputs, gate.evidence);
  if (refused !== null) return { verdict: 'fail', reason: refused, evidence: gate.evidence, outputs };
  const release = await releaseStep(scope, inputs);
  const end = await rollOut(scope, {
    spec: deployment,
    model: training.model,
    version: training.version,
    releaseHash: training.manifestBlob,
    guards: guardsOf(inputs),
    actor: inputs.author,
    ...(inputs.atClockMoves === undefined ? {} : { atClockMoves: inputs.atClockMoves }),
    onWaiting: (occasion, reason) =>
      inputs.onWaiting(occasion, reason, [...gate.evidence, ...release.evidence]),
  });
  return {
    verdict: end.verdict,
    reason: end.reason,
    evidence: [...gate.evidence, ...release.evidence, ...end.evidence],
    outputs,
  };
}

/** Decides the gate, once in an execution: `runDeployment` takes the decision as it is. */
export function gateStep(
  scope: StageScope,
  inputs: Pick<DeploymentInputs, 'training' | 'stages' | 'judged' | 'approval' | 'standing'>,
): Promise<Evidenced<{ readonly open: boolean; readonly reason: string }>> {
  const { training, standing } = inputs;
  return evidencedStep<{ open: boolean; reason: string }>(scope, 'deployment', 'gate', async () => {
    const decision = decideGate(inputs.stages, inputs.judged);
    return {
      result: { open: decision.open, reason: decision.reason },
      evidence: [
        {
          kind: 'gate',
          subject: training.manifestBlob,
          verdict: decision.open ? ('pass' as const) : ('fail' as const),
          title: decision.open
            ? `The gate is open for version ${training.version}: ${decision.reason}`
            : `The gate refused version ${training.version}: ${decision.reason}`,
          body: {
            version: training.version,
            approval:
              inputs.approval === null
                ? null
                : { ...inputs.approval, ...(standing === undefined ? {} : { under: standing }) },
            ...decision.body,
          },
        },
      ],
    };
  });
}

/** Waits for the approval where one is required; the reason for a refusal, or null when it is given. */
async function approvalOf(
  scope: StageScope,
  inputs: DeploymentInputs,
  evidence: readonly string[],
): Promise<string | null> {
  if (inputs.approval === null || inputs.standing !== undefined) return null;
  const approval = await requestApproval(scope, inputs.approval, inputs.training.manifestBlob, inputs.author);
  if (approval.state === 'approved') return null;
  if (approval.state === 'rejected') {
    return `approval ${approval.id} was refused${approval.comment === null ? '' : `: ${approval.comment}`}`;
  }
  const reason = `approval by ${inputs.approval.by} (tend approve ${approval.id})`;
  await inputs.onWaiting('approval', reason, evidence);
  return await scope.workflow.wait(reason);
}

/** Puts the release and its feature tables where serving reads them, before any traffic may come. */
function releaseStep(scope: StageScope, inputs: DeploymentInputs) {
  const { training, deployment, data } = inputs;
  return evidencedStep(scope, 'deployment', 'release', async () => {
    const manifest = await readManifest(scope, training.manifestBlob);
    const from = await publishTables(scope, data.features, data.histories, featureFolder(scope.stateDir));
    const { version } = training;
    const { executionId } = scope.workflow;
    return {
      result: {},
      statements: [
        releaseStatement(scope, {
          hash: training.manifestBlob,
          endpoint: deployment.endpoint,
          version: training.version,
          manifest,
        }),
        lineageEdge(
          { from: training.manifestBlob, to: deployment.endpoint, kind: 'deployed-to', executionId },
          scope.clock,
        ),
      ],
      evidence: [
        {
          kind: 'release',
          subject: training.manifestBlob,
          verdict: 'info' as const,
          title: `Release of version ${version}: model, features, code and configuration as one unit`,
          body: {
            endpoint: deployment.endpoint,
            version: training.version,
            model: training.modelBlob,
            features: data.features.hash,
            code_commit: manifest.codeCommit,
            spec: manifest.specHash,
            fields: manifest.fields.map((field) => ({ ...field })),
            inputs: manifest.inputs.map((input) => ({ ...input })),
            tables_from: Number.isFinite(from) ? from : null,
          },
        },
      ],
    };
  });
}
