import { hashJson } from '../../kernel/hash.ts';
import { asJson, type Json, type JsonObject } from '../../kernel/json.ts';
import type { StageEvidence, StageScope } from '../stage-scope.ts';
import type { CodeState } from './code-state.ts';
import type { RunRecord } from './registry-store.ts';
import type { TrainingInputs, TrainingOutputs } from './training-inputs.ts';
import { type BatchResult, bestOf, type TrialSummary, trialParams } from './trial-batches.ts';

/** The run as the registry keeps it: parameters, curves of the best trial, inputs and outputs. */
export function runRecord(
  scope: StageScope,
  inputs: TrainingInputs,
  batches: readonly BatchResult[],
  outputs: TrainingOutputs,
  facts: { readonly startedAt: number; readonly code: CodeState },
): RunRecord {
  const best = bestTrial(batches);
  const metrics = (best?.history ?? []).flatMap((round) => [
    { key: 'train_loss', step: round.iteration, value: round.train },
    ...(round.validation === null
      ? []
      : [{ key: 'validation_loss', step: round.iteration, value: round.validation }]),
  ]);
  const params = { ...inputs.training, ...(best === undefined ? {} : trialParams(best)) };
  const { runId, modelBlob, manifestBlob, nativeBlob } = outputs;
  return {
    id: runId,
    name: `${scope.project} version ${outputs.version}`,
    startedAt: facts.startedAt,
    params,
    tags: { code: asJson(facts.code), environment: scope.environment },
    inputs: asJson({
      data: inputs.dataHash,
      features: inputs.data.features.hash,
      bounds: outputs.bounds,
    }),
    outputs: { modelBlob, manifestBlob, nativeBlob },
    metrics,
    digest: hashJson({ params, metrics }),
  };
}

function bestTrial(batches: readonly BatchResult[]): TrialSummary | undefined {
  const { index } = bestOf(batches);
  return batches.flatMap((batch) => batch.trials).find((trial) => trial.index === index);
}

/** The run as evidence: what was tried, what came out best, and of which data, code and machine. */
export function runEvidence(
  inputs: TrainingInputs,
  batches: readonly BatchResult[],
  outputs: TrainingOutputs,
  facts: {
    readonly parity: number;
    readonly code: CodeState;
    readonly environment: JsonObject;
    readonly digest: string;
  },
): StageEvidence {
  const trials = batches.flatMap((batch) => batch.trials);
  const best = bestTrial(batches);
  const { family = '', iterations = 0 } = best ?? {};
  const loss = best?.validationLoss.toFixed(4) ?? '';
  return {
    kind: 'training-run',
    subject: outputs.modelBlob,
    verdict: 'info',
    title: `Version ${outputs.version}: ${family}, ${iterations} rounds, validation loss ${loss}`,
    body: asJson({
      run: outputs.runId,
      data: inputs.dataHash,
      features: inputs.data.features.hash,
      rows: outputs.rows,
      bounds: outputs.bounds,
      seed: inputs.training.seed,
      best: best === undefined ? null : trialParams(best),
      export: { onnx: outputs.modelBlob, largest_difference: facts.parity },
      measurements_digest: facts.digest,
      code: { commit: facts.code.commit, dirty: facts.code.dirty, diff_hash: facts.code.diffHash },
      environment: facts.environment,
      trials: trials.map((trial) => ({
        trial: trial.index + 1,
        family: trial.family,
        iterations: trial.iterations,
        validation_loss: trial.validationLoss,
      })),
      figures: runFigures(inputs.kind, trials, best),
    }),
  };
}

function runFigures(
  kind: TrainingInputs['kind'],
  trials: readonly TrialSummary[],
  best: TrialSummary | undefined,
): Json[] {
  const points = (pick: 'train' | 'validation') =>
    (best?.history ?? []).map((round): Json => [round.iteration, round[pick]]);
  return [
    {
      kind: 'line',
      title: 'Loss by boosting round',
      x: { label: 'round' },
      y: { label: kind === 'classification' ? 'log loss' : 'squared error' },
      series: [
        { name: 'train', points: points('train') },
        { name: 'validation', points: points('validation') },
      ],
    },
    {
      kind: 'bars',
      title: 'Validation loss by trial',
      x: { label: 'trial' },
      y: { label: 'loss' },
      categories: trials.map((trial) => `${trial.index + 1} ${trial.family}`),
      series: [{ name: 'validation loss', values: trials.map((trial) => trial.validationLoss) }],
    },
  ];
}
