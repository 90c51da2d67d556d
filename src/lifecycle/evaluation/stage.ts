import { hashJson } from '../../kernel/hash.ts';
import { describeJudgement, judgedBy } from '../problem/index.ts';
import { evidencedStep, type KeyScope, type StageResult, type StageScope } from '../stage-scope.ts';
import { decodeNativeModel, loadSplit } from '../training/index.ts';
import { isChampion, otherChampion } from './champion.ts';
import type { EvaluationInputs, EvaluationOutputs } from './evaluation-inputs.ts';
import { explainModel } from './explain.ts';
import { headMetric } from './measure.ts';
import { performanceStep } from './performance.ts';
import { slicesStep } from './slices.ts';

/** Hash of what the judgement depends on. The champion is part of it: a new one asks for a new comparison. */
export async function evaluationKey(scope: KeyScope, inputs: EvaluationInputs): Promise<string> {
  if (await isChampion(scope, inputs)) return evaluationKeyOfChampion(scope, inputs);
  const champion = await otherChampion(scope, inputs);
  return keyAgainst(scope, inputs, champion?.modelBlob ?? null);
}

/**
 * The key that a candidate's evaluation has once the candidate is the champion itself. What it was judged by
 * when it was none stands then: there is no other champion to judge it against again.
 */
export function evaluationKeyOfChampion(scope: KeyScope, inputs: EvaluationInputs): string {
  return keyAgainst(scope, inputs, inputs.compareChampion ? 'itself' : null);
}

function keyAgainst(scope: KeyScope, inputs: EvaluationInputs, champion: string | null): string {
  const { kind, criteria, baseline, slices, split, seed, training } = inputs;
  return hashJson({
    stage: 'evaluation',
    kind,
    baseline,
    slices,
    split,
    seed,
    modelBlob: training.modelBlob,
    bounds: training.bounds,
    criteria: criteria.filter((criterion) => judgedBy(criterion) === 'evaluation'),
    features: inputs.data.features.hash,
    champion,
    version: scope.version,
  });
}

/**
 * Judges the served model on the held-out rows: figures with intervals, baseline, champion, slices, reasons.
 */
export async function runEvaluation(
  scope: StageScope,
  inputs: EvaluationInputs,
): Promise<StageResult<EvaluationOutputs>> {
  const performance = await evidencedStep<EvaluationOutputs>(scope, 'evaluation', 'performance', () =>
    performanceStep(scope, inputs),
  );
  const slices = await evidencedStep(scope, 'evaluation', 'slices', () => slicesStep(scope, inputs));
  const explained = await evidencedStep(scope, 'evaluation', 'explanation', () =>
    explanationStep(scope, inputs),
  );
  const { criteria } = performance.result;
  const failed = criteria.filter((criterion) => criterion.verdict === 'fail');
  return {
    verdict: failed.length === 0 ? 'pass' : 'fail',
    reason:
      (failed.length === 0 ? criteria : failed)
        .map((one) => `${one.id}: ${describeJudgement(one)}`)
        .join('; ') || 'no criterion on test rows',
    evidence: [...performance.evidence, ...slices.evidence, ...explained.evidence],
    outputs: performance.result,
  };
}

async function explanationStep(scope: StageScope, inputs: EvaluationInputs) {
  scope.workflow.report({ text: 'evaluation: importance and contributions' });
  const { test } = await loadSplit(scope, inputs, inputs.training.bounds);
  const native = decodeNativeModel(await scope.blobs.read(inputs.training.nativeBlob));
  const metric = headMetric(inputs.kind);
  const body = explainModel(native, inputs.data.features.inputs, test, { metric, seed: inputs.seed });
  return {
    result: {},
    evidence: [
      {
        kind: 'explanation',
        subject: inputs.training.modelBlob,
        verdict: 'info' as const,
        title: 'Which inputs the model leans on',
        body,
      },
    ],
  };
}
