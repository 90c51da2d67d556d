import { TendError } from '../../kernel/error.ts';
import { hashJson } from '../../kernel/hash.ts';
import {
  examplesWithin,
  loadExamples,
  type SplitBounds,
  type SplitExamples,
  splitExamples,
  splitSpan,
} from '../data/index.ts';
import type { StageScope } from '../stage-scope.ts';
import type { TrainingInputs } from './training-inputs.ts';

/**
 * The examples of a model, divided. The same version always gives the same rows. Where several models are
 * made of the same data (`ExampleCache.from`), it is loaded once, from the earliest moment that any asks for.
 */
export async function loadSplit(
  scope: StageScope,
  inputs: Pick<TrainingInputs, 'data' | 'split'>,
  bounds: SplitBounds | null,
): Promise<SplitExamples> {
  const { features, versions, histories } = inputs.data;
  const version = versions[features.source];
  if (version === undefined) throw new TendError('INTERNAL', `no version of ${features.source}`);
  const span = splitSpan(bounds, scope.projectClock);
  const { from } = scope.examples;
  const widest =
    from === undefined || span.from === undefined ? span : { ...span, from: Math.min(from, span.from) };
  const content = { version: version.hash, features: features.hash, histories };
  return scope.examples.load(hashJson({ ...content, span, bounds, split: inputs.split }), async () => {
    const all = await scope.examples.loadAll(hashJson({ ...content, span: widest }), () => {
      scope.workflow.report({ text: 'training: loading examples' });
      return loadExamples(scope, features, version, histories, widest);
    });
    return splitExamples(examplesWithin(all, span), inputs.split, bounds);
  });
}
