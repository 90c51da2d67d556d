import { TendError } from '../../kernel/error.ts';
import { hashJson } from '../../kernel/hash.ts';
import {
  loadExamples,
  type SplitBounds,
  type SplitExamples,
  splitExamples,
  splitSpan,
} from '../data/index.ts';
import type { StageScope } from '../stage-scope.ts';
import type { TrainingInputs } from './training-inputs.ts';

/** The examples of a model, divided. Loads them anew: the same version always gives the same rows. */
export async function loadSplit(
  scope: StageScope,
  inputs: Pick<TrainingInputs, 'data' | 'split'>,
  bounds: SplitBounds | null,
): Promise<SplitExamples> {
  const { features, versions, histories } = inputs.data;
  const version = versions[features.source];
  if (version === undefined) throw new TendError('INTERNAL', `no version of ${features.source}`);
  const span = splitSpan(bounds, scope.projectClock);
  const key = hashJson({
    version: version.hash,
    features: features.hash,
    histories,
    span,
    split: inputs.split,
  });
  return scope.examples.load(key, async () => {
    scope.workflow.report({ text: 'training: loading examples' });
    return splitExamples(await loadExamples(scope, features, version, histories, span), inputs.split, bounds);
  });
}
