import type { DataOutputs } from '../lifecycle/data/index.ts';
import { type GovernanceInputs, governanceKey, runGovernance } from '../lifecycle/governance/index.ts';
import type { StageScope } from '../lifecycle/stage-scope.ts';
import type { TrainingOutputs } from '../lifecycle/training/index.ts';
import { carryOutStage } from './carry-out-stage.ts';
import type { ProjectDocument } from './document/project-document.ts';

/** Writes the documents of the version that answers, and says how it came to do so. */
export async function govern(
  scope: StageScope,
  of: {
    readonly document: ProjectDocument;
    readonly data: DataOutputs;
    readonly training: TrainingOutputs;
    readonly actor: string;
  },
): Promise<void> {
  const { document, data, training, actor } = of;
  const { source } = data.features;
  const inputs: GovernanceInputs = {
    governance: document.governance ?? {},
    model: training.model,
    version: training.version,
    dataset: { name: source, hash: data.versions[source]?.hash ?? '' },
  };
  const key = await governanceKey(scope, inputs);
  const run = () => runGovernance(scope, inputs);
  await carryOutStage(scope, { stage: 'governance', key, actor, keepFailure: false, run });
}
