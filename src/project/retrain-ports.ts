import type { DataInputs, DataOutputs } from '../lifecycle/data/index.ts';
import type { LoggedWindow } from '../lifecycle/retraining/index.ts';
import type { Evidenced, StageScope } from '../lifecycle/stage-scope.ts';
import type { TrainingOutputs } from '../lifecycle/training/index.ts';
import type { ProjectDocument } from './document/project-document.ts';

/** What retraining needs of monitoring. */
export interface RetrainPorts {
  /** The data as it stands at `at` (project clock): `base`, grown by the rows that were received since. */
  readonly liveData: (
    scope: StageScope,
    inputs: DataInputs,
    base: DataOutputs,
    at: number,
  ) => Promise<Evidenced<DataOutputs>>;
  /** Makes the profile of a release against which its live traffic is held. */
  readonly armMonitors: (
    scope: StageScope,
    inputs: {
      readonly document: ProjectDocument;
      readonly data: DataOutputs;
      readonly training: TrainingOutputs;
      readonly test: Readonly<Record<string, number | null>>;
    },
  ) => Promise<Evidenced<{ readonly profile: string }>>;
  readonly loggedWindow: LoggedWindow;
}
