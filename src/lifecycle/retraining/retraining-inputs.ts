import type { Trial } from '../../learn/search/trial.ts';
import type { DataOutputs, SplitBounds, SplitSpec } from '../data/index.ts';
import type { DeploymentInputs } from '../deployment/index.ts';
import type { EvaluationInputs, EvaluationOutputs } from '../evaluation/index.ts';
import type { Evidenced, StageResult, StageScope } from '../stage-scope.ts';
import type { TestingInputs, TestingOutputs } from '../testing/index.ts';
import type { TrainingInputs, TrainingOutputs } from '../training/index.ts';
import type { Window } from './window.ts';

/** What the stages before deployment said of a candidate. */
export interface CandidateResults {
  readonly data: StageResult<DataOutputs>;
  readonly training: StageResult<TrainingOutputs>;
  readonly evaluation: StageResult<EvaluationOutputs>;
  readonly testing: StageResult<TestingOutputs>;
}

/** Where a candidate's training differs from what the document says. */
export interface CandidateTraining {
  readonly bounds: SplitBounds | null;
  /** The champion's configuration; absent: the search of the document. */
  readonly trial?: Trial;
}

/**
 * What each stage is given for a candidate: the parts of the document as they are for a first model, with
 * the data as it stands now.
 */
export interface CandidateStages {
  readonly training: (data: DataOutputs, own: CandidateTraining) => TrainingInputs;
  readonly evaluation: (data: DataOutputs, training: TrainingOutputs) => EvaluationInputs;
  readonly testing: (data: DataOutputs, training: TrainingOutputs) => TestingInputs;
  readonly deployment: (
    data: DataOutputs,
    results: CandidateResults,
  ) => Omit<DeploymentInputs, 'onWaiting' | 'author' | 'standing' | 'atClockMoves'>;
}

/** The data as it stands at the project clock: the declared rows, and those received since. */
export type LiveData = (scope: StageScope, at: number) => Promise<Evidenced<DataOutputs>>;

/** The profile of a release, as a blob, with the evidence that names it. */
export type Armed = Evidenced<{ readonly profile: string }>;

/** Makes the profile of a candidate's release, against which its live traffic is held. */
export type ArmMonitors = (
  scope: StageScope,
  inputs: {
    readonly data: DataOutputs;
    readonly training: TrainingOutputs;
    readonly test: EvaluationOutputs['test'];
  },
) => Promise<Armed>;

/** One retraining: what it is about, and where it gets what. */
export interface RetrainingInputs {
  readonly id: string;
  readonly trigger: string;
  readonly windows: readonly Window[];
  readonly search: 'reuse' | 'again';
  readonly promote: 'if_better' | 'never';
  readonly kind: 'classification' | 'regression';
  readonly split: SplitSpec;
  /** Of intervals. */
  readonly seed: number;
  /** Hash of the document: an approval given for it holds for its candidates. */
  readonly specHash: string;
  readonly endpoint: string;
  /** Time from a promotion until its effect is looked at, and between looks, milliseconds. */
  readonly effectAfterMs: number;
  readonly stages: CandidateStages;
  readonly liveData: LiveData;
  readonly armMonitors: ArmMonitors;
  /** Id of the principal that asked for it. */
  readonly author: string;
  /** Called before the retraining goes to rest, so that the board shows what it waits for. */
  readonly onWaiting: (occasion: string, reason: string, evidence: readonly string[]) => Promise<void>;
}
