import type { JsonObject } from '../../kernel/json.ts';
import { influenceDifference } from '../../learn/influence-interval.ts';
import { findMetric } from '../../learn/metrics/find-metric.ts';
import type { Examples } from '../data/index.ts';
import type { KeyScope, StageScope } from '../stage-scope.ts';
import { aliasedVersion, type ModelVersion, scoreExamples } from '../training/index.ts';
import type { EvaluationInputs } from './evaluation-inputs.ts';
import { intervalJson } from './interval-json.ts';
import { headMetric } from './measure.ts';
import { readManifest } from './read-manifest.ts';

/** The champion to compare with: none where that is switched off, and none when the model is the champion. */
export async function otherChampion(
  scope: KeyScope,
  { compareChampion: asked, training }: EvaluationInputs,
): Promise<ModelVersion | undefined> {
  if (!asked) return undefined;
  const champion = await aliasedVersion(scope.db, training.model, 'champion');
  return champion?.modelBlob === training.modelBlob ? undefined : champion;
}

/** Is the model the champion that it would be compared with? */
export async function isChampion(
  scope: KeyScope,
  { compareChampion: asked, training }: EvaluationInputs,
): Promise<boolean> {
  if (!asked) return false;
  const champion = await aliasedVersion(scope.db, training.model, 'champion');
  return champion?.modelBlob === training.modelBlob;
}

/**
 * The difference between the model and the champion in the metric of their kind, with its interval, on the
 * same test rows; null where there is no champion to compare with.
 */
export async function compareChampion(
  scope: StageScope,
  inputs: EvaluationInputs,
  candidate: { readonly test: Examples; readonly scores: Float64Array },
): Promise<JsonObject | null> {
  const champion = await otherChampion(scope, inputs);
  if (champion?.manifestHash == null) return null;
  const manifest = await readManifest(scope, champion.manifestHash);
  const missing = manifest.inputs.filter(
    (input) => candidate.test.features.columns[input.name] === undefined,
  );
  if (missing.length > 0) {
    return {
      version: champion.version,
      compared: false,
      reason: `it takes other inputs: ${missing.map((i) => i.name).join(', ')}`,
    };
  }
  const second = await scoreExamples(scope, manifest, candidate.test);
  const name = headMetric(inputs.kind);
  const difference = influenceDifference(findMetric(name), candidate.test.target, {
    first: candidate.scores,
    second,
  });
  return { version: champion.version, compared: true, metric: name, difference: intervalJson(difference) };
}
