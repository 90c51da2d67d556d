import type { SplitExamples } from '../data/index.ts';
import type { StageScope } from '../stage-scope.ts';
import { loadSplit, scoreExamples } from '../training/index.ts';
import type { EvaluationInputs } from './evaluation-inputs.ts';
import { readManifest } from './read-manifest.ts';

/** The examples, divided, and the scores of the served file on the test rows (length test rows). */
export async function scoreTest(
  scope: StageScope,
  inputs: EvaluationInputs,
): Promise<{ readonly split: SplitExamples; readonly scores: Float64Array }> {
  const manifest = await readManifest(scope, inputs.training.manifestBlob);
  const split = await loadSplit(scope, inputs, inputs.training.bounds);
  return { split, scores: await scoreExamples(scope, manifest, split.test) };
}
