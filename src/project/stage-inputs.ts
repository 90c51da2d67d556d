import { type DataInputs, type DataOutputs, requirementsOf } from '../lifecycle/data/index.ts';
import type { EvaluationInputs } from '../lifecycle/evaluation/index.ts';
import type { TestingInputs } from '../lifecycle/testing/index.ts';
import type { TrainingInputs, TrainingOutputs } from '../lifecycle/training/index.ts';
import type { ProjectDocument } from './document/project-document.ts';

/**
 * What each stage is given of the document. Planning and carrying out read it here, so that both come to the
 * same cache key.
 */
export function problemInputs({
  problem,
  owner,
  kind,
}: ProjectDocument): Pick<ProjectDocument, 'problem' | 'owner' | 'kind'> {
  return { problem, owner, kind };
}

/** What the data stage is given. */
export function dataInputs({ data, split, problem }: ProjectDocument): DataInputs {
  return { data, split, requires: requirementsOf(problem.requires) };
}

/** What training is given. */
export function trainingInputs(
  { training, split, kind }: ProjectDocument,
  specHash: string,
  data: DataOutputs,
): TrainingInputs {
  const dataHash = data.versions[data.features.source]?.hash ?? '';
  return { training, split, kind, data, dataHash, specHash };
}

/** What evaluation is given. */
export function evaluationInputs(
  document: ProjectDocument,
  data: DataOutputs,
  training: TrainingOutputs,
): EvaluationInputs {
  return {
    ...judgedInputs(document, data, training),
    baseline: document.problem.baseline,
    compareChampion: document.evaluation?.compare === 'champion',
  };
}

/** What testing is given. */
export function testingInputs(
  document: ProjectDocument,
  data: DataOutputs,
  training: TrainingOutputs,
): TestingInputs {
  return { ...judgedInputs(document, data, training), testing: document.testing ?? {} };
}

/** What both stages that judge a model are given. */
function judgedInputs(document: ProjectDocument, data: DataOutputs, training: TrainingOutputs) {
  const { kind, split, problem, evaluation } = document;
  const slices = evaluation?.slices ?? [];
  return { kind, split, data, training, criteria: problem.criteria, slices, seed: document.training.seed };
}
