import { decideFrame } from '../../decide/release-frame.ts';
import type { ReleaseManifest } from '../../decide/release.ts';
import { hashJson } from '../../kernel/hash.ts';
import type { Examples } from '../data/index.ts';
import type { StageScope } from '../stage-scope.ts';
import { openRelease } from './open-release.ts';

/**
 * Scores of the served file (length rows); not to be written to. Figures, slices, tests and the reference
 * profile of a model ask for those of the same test rows, and 100,000 rows take half a second each time, so
 * the answer stays with the examples.
 */
export function scoreExamples(
  scope: StageScope,
  manifest: ReleaseManifest,
  examples: Examples,
): Promise<Float64Array> {
  const known = scope.examples.scores;
  const scores = known.get(examples) ?? new Map<string, Promise<Float64Array>>();
  known.set(examples, scores);
  const key = hashJson(manifest);
  const found = scores.get(key);
  if (found !== undefined) return found;
  const made = score(scope, manifest, examples);
  scores.set(key, made);
  made.catch(() => scores.delete(key));
  return made;
}

async function score(scope: StageScope, manifest: ReleaseManifest, examples: Examples) {
  const release = await openRelease(scope, manifest);
  return new Float64Array(decideFrame(release, examples.features));
}
