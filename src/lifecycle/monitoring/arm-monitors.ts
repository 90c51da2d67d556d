import type { DataOutputs, SplitSpec } from '../data/index.ts';
import { readManifest } from '../evaluation/index.ts';
import { type Evidenced, evidencedStep, type StageScope } from '../stage-scope.ts';
import { loadSplit, scoreExamples, type TrainingOutputs } from '../training/index.ts';
import { profileExamples, type ReferenceProfile } from './book/reference-profile.ts';

/** Kind of the evidence that names the reference profile of a release. */
export const REFERENCE_KIND = 'reference-profile';

/** What a release is watched against. */
export interface ArmInputs {
  readonly split: SplitSpec;
  readonly data: DataOutputs;
  readonly training: TrainingOutputs;
  /** What evaluation measured on the test rows, by metric. */
  readonly test: Readonly<Record<string, number | null>>;
}

/**
 * Profiles what the release was made on: each input over the training rows, and its own scores on the test
 * rows, which it has not learnt. Live traffic is held against it from now on.
 */
export function armMonitors(
  scope: StageScope,
  inputs: ArmInputs,
): Promise<Evidenced<{ readonly profile: string }>> {
  const { data, training } = inputs;
  return evidencedStep<{ readonly profile: string }>(scope, 'monitoring', 'reference', async () => {
    const { train, test } = await loadSplit(scope, inputs, training.bounds);
    const manifest = await readManifest(scope, training.manifestBlob);
    const scores = await scoreExamples(scope, manifest, test);
    const profile: ReferenceProfile = {
      release: training.manifestBlob,
      rows: train.rows,
      ...profileExamples(data.features.inputs, train.features, scores, train.time),
      test: inputs.test,
    };
    const blob = await scope.blobs.put(Buffer.from(JSON.stringify(profile), 'utf8'));
    return {
      result: { profile: blob.hash },
      evidence: [
        {
          kind: REFERENCE_KIND,
          subject: training.manifestBlob,
          verdict: 'info' as const,
          title:
            `Version ${training.version} is watched against ` +
            `${train.rows.toLocaleString('en')} training rows`,
          body: {
            version: training.version,
            profile: blob.hash,
            rows: train.rows,
            inputs: data.features.inputs.map(({ name }) => name),
            test: { ...inputs.test },
          },
        },
      ],
    };
  });
}
