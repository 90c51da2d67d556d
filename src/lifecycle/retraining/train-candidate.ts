import { TendError } from '../../kernel/error.ts';
import { asJson } from '../../kernel/json.ts';
import type { DataOutputs } from '../data/index.ts';
import { gateStep } from '../deployment/index.ts';
import { runEvaluation } from '../evaluation/index.ts';
import type { StageResult, StageScope } from '../stage-scope.ts';
import { runTesting } from '../testing/index.ts';
import { runTraining, searchModel } from '../training/index.ts';
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

/** What candidates are trained in. */
export interface TrainingCourse extends CandidateSetting {
  /** Ends when no model is being fitted any more: a test beside a fit would measure that. */
  readonly fitted: Promise<void>;
}

/** Fits of one trial that are under way at a time take one thread each; a search takes all by itself. */
function fitsAtOnce({ trial }: CandidateSetting, threads: number): number {
  return trial === undefined ? 1 : threads;
}

/**
 * Fits the models of the candidates ahead of what is measured on them: in the order of the windows, as many
 * side by side as there are threads for. What fails here is met again by its candidate.
 */
export async function fitCandidates(
  outer: StageScope,
  inputs: RetrainingInputs,
  setting: CandidateSetting,
  begun: readonly BegunCandidate[],
): Promise<void> {
  const atOnce = fitsAtOnce(setting, outer.threads);
  const turns: Promise<unknown>[] = [];
  for (const [i, candidate] of begun.entries()) {
    const asked = inputs.stages.training(setting.data.outputs, trainingOf(setting, candidate));
    const scope = candidateScope(outer, candidate.window);
    const before = turns[i - atOnce] ?? Promise.resolve();
    turns.push(before.then(() => searchModel(scope, asked)).catch(() => undefined));
  }
  await Promise.all(turns);
}

function trainingOf(
  { trial }: Pick<CandidateSetting, 'trial'>,
  { bounds }: BegunCandidate,
): CandidateTraining {
  return { bounds, ...(trial === undefined ? {} : { trial }) };
}

/** The scope of one candidate: its steps carry its window in their name. */
export function candidateScope(scope: StageScope, window: string): StageScope {
  const { workflow } = scope;
  return {
    ...scope,
    workflow: {
      ...workflow,
      step: (name, handler) => workflow.step(`${window}/${name}`, handler),
      report: (progress) => workflow.report({ ...progress, text: `${window}: ${progress.text}` }),
    },
  };
}

/**
 * Takes a candidate through training, evaluation, testing and the gate. An operating error on the way is its
 * end and not that of the others.
 */
export async function trainCandidate(
  outer: StageScope,
  inputs: RetrainingInputs,
  setting: TrainingCourse,
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
  }
}

async function throughStages(
  scope: StageScope,
  inputs: RetrainingInputs,
  setting: TrainingCourse,
  candidate: BegunCandidate,
): Promise<TrainedCandidate> {
  const { stages } = inputs;
  const { data: result, standing } = setting;
  const data = result.outputs;
  const training = await runTraining(scope, stages.training(data, trainingOf(setting, candidate)));
  const evaluation = await runEvaluation(scope, stages.evaluation(data, training.outputs));
  await setting.fitted;
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
