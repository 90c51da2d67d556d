import { compileRelease, type ReleaseDecider } from '../../decide/release-decider.ts';
import type { ReleaseManifest } from '../../decide/release.ts';
import { predictLinear } from '../../learn/linear/linear-model.ts';
import { predictTrees } from '../../learn/trees/predict-trees.ts';
import type { Examples } from '../data/index.ts';
import type { StageScope } from '../stage-scope.ts';
import type { NativeModel } from './model-file.ts';
import { modelMatrix } from './model-matrix.ts';

/**
 * A release compiled for scoring columns in this process; feature tables come joined, so nothing is looked
 * up.
 */
export async function openRelease(scope: StageScope, manifest: ReleaseManifest): Promise<ReleaseDecider> {
  const modelBytes = await scope.blobs.read(manifest.modelBlob);
  return compileRelease({ manifest, modelBytes, lookup: () => null });
}

/** Scores by the native model: probabilities, or values. */
export function nativeScores(
  native: NativeModel,
  manifest: Pick<ReleaseManifest, 'inputs'>,
  examples: Examples,
): Float64Array {
  const matrix = modelMatrix(manifest.inputs, examples, native.encodings);
  const { model } = native;
  const margins = model.kind === 'trees' ? predictTrees(model, matrix) : predictLinear(model, matrix);
  return model.objective === 'binary' ? margins.map((margin) => 1 / (1 + Math.exp(-margin))) : margins;
}
