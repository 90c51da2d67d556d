import type { ReleaseManifest } from '../../decide/release.ts';
import { hashJson } from '../../kernel/hash.ts';
import type { StageScope } from '../stage-scope.ts';
import type { TrainingInputs } from './training-inputs.ts';

/** Everything a serving process needs to know of the version. Its id names content alone, so it repeats. */
export function releaseManifest(
  scope: StageScope,
  inputs: TrainingInputs,
  made: { readonly modelBlob: string; readonly version: number; readonly commit: string | null },
): ReleaseManifest {
  const { features } = inputs.data;
  const said = {
    format: 'tend.release/v1' as const,
    project: scope.project,
    model: scope.project,
    version: made.version,
    kind: inputs.kind,
    target: features.target,
    modelBlob: made.modelBlob,
    ...features.definition,
    eventTime: features.time,
    key: inputs.key ?? null,
    inputs: [...features.inputs],
    codeCommit: made.commit,
    specHash: inputs.specHash,
  };
  return { ...said, id: `rel_${hashJson(said).slice(0, 26)}` };
}
