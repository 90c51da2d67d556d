import { TendError } from '../../kernel/error.ts';
import { asJson } from '../../kernel/json.ts';
import type { DataOutputs } from '../data/index.ts';
import { gateStep } from '../deployment/index.ts';
import { runEvaluation } from '../evaluation/index.ts';
import { createExampleCache, type StageResult, type StageScope } from '../stage-scope.ts';
import { runTesting } from '../testing/index.ts';
import { runTraining } from '../training/index.ts';
import type { Armed, CandidateResults, CandidateTraining, RetrainingInputs } from './retraining-inputs.ts';
import { changeCandidate } from './retraining-store.ts';
import { retrainingStep } from './retraining-step.ts';
import type { CandidateWindow } from './window.ts';

/** A candidate of a retraining that has begun. */
export type BegunCandidate = CandidateWindow & { readonly id: string };

/** A candidate that went through the stages, or what kept it from that. */
export type TrainedCandidate = BegunCandidate & { readonly evidence: readonly string[] } & (
    | { readonly kind: 'failed'; readonly reason: string }
    | {
        readonly kind: 'judged';
        readonly results: CandidateResults;
        readonly gate: { readonly open: boolean; readonly reason: string };
        /** What its traffic would be held against; null where the gate refused it. */
        readonly armed: Armed | null;
      }
  );

/** What all candidates of a retraining share. */
export interface CandidateSetting {
  readonly data: StageResult<DataOutputs>;
  readonly trial: CandidateTraining['trial'];
  /** Id of the approval that holds for them, if one does. */
  readonly standing: string | undefined;
}

/** The scope of one candidate: its steps carry its window in their name, and its examples are its own. */
export function candidateScope(scope: StageScope, window: string): StageScope {
  const { workflow } = scope;
  return {
    ...scope,
    examples: createExampleCache(),
    workflow: {
      ...workflow,
      step: (name, handler) => workflow.step(`${window}/${name}`, handler),
      report: (progress) => workflow.report({ ...progress, text: `${window}: ${progress.text}` }),
    },
  };
}

/**
 * Takes a candidate through training, evaluation, testing and the gate. An operating error on the way is its
 * end and not that of the others; examples are let go of whatever happens.
 */
export async function trainCandidate(
  outer: StageScope,
  inputs: RetrainingInputs,
  setting: CandidateSetting,
  candidate: BegunCandidate,
): Promise<TrainedCandidate> {
  const scope = candidateScope(outer, candidate.window);
  try {
    return await throughStages(scope, inputs, setting, candidate);
  } catch (error) {
    if (!(error instanceof TendError) || error.code === 'INTERRUPTED') throw error;
    const reason = error.message.split('\n')[0] ?? '';
    await retrainingStep(scope, 'failed', inputs.author, async () => ({
      result: {},
      statements: () => [changeCandidate(candidate.id, { state: 'failed', reason }, scope.clock.now())],
      ledger: [
        { action: 'candidate.failed', subject: candidate.id, body: { window: candidate.window, reason } },
      ],
    }));
    return { ...candidate, kind: 'failed', reason, evidence: [] };
  } finally {
    scope.examples.clear();
  }
}

async function throughStages(
  scope: StageScope,
  inputs: RetrainingInputs,
  { data: result, trial, standing }: CandidateSetting,
  candidate: BegunCandidate,
): Promise<TrainedCandidate> {
  const { stages } = inputs;
  const data = result.outputs;
  const own = { bounds: candidate.bounds, ...(trial === undefined ? {} : { trial }) };
  const training = await runTraining(scope, stages.training(data, own));
  const evaluation = await runEvaluation(scope, stages.evaluation(data, training.outputs));
  const testing = await runTesting(scope, stages.testing(data, training.outputs));
  const results: CandidateResults = { data: result, training, evaluation, testing };
  const asked = stages.deployment(data, results);
  const gate = await gateStep(scope, standing === undefined ? asked : { ...asked, standing });
  // Here, where its examples are at hand, and before its first prediction.
  const armed = gate.result.open
    ? await inputs.armMonitors(scope, {
        data,
        training: training.outputs,
        test: evaluation.outputs.test,
      })
    : null;
  const parts = [training, evaluation, testing, gate, ...(armed === null ? [] : [armed])];
  const evidence = parts.flatMap((part) => part.evidence);
  const { version, manifestBlob, bounds, rows } = training.outputs;
  await retrainingStep(scope, 'judged', inputs.author, async () => ({
    result: {},
    statements: () => [
      changeCandidate(
        candidate.id,
        {
          state: 'judged',
          reason: gate.result.open ? 'the gate is open; to be compared' : gateReason(gate.result.reason),
          version,
          releaseHash: manifestBlob,
          evidence,
          body: asJson({ bounds, rows, gate: gate.result }),
        },
        scope.clock.now(),
      ),
    ],
    ledger: [
      {
        action: 'candidate.judged',
        subject: candidate.id,
        body: { window: candidate.window, version, release: manifestBlob, gate: gate.result.open },
      },
    ],
  }));
  return { ...candidate, kind: 'judged', results, gate: gate.result, armed, evidence };
}

/** Why a candidate was refused that failed its gate. */
export function gateReason(reason: string): string {
  return `the gate refused it: ${reason}`;
}
