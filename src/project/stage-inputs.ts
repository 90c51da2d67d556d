import { type DataInputs, type DataOutputs, requirementsOf } from '../lifecycle/data/index.ts';
import type { EvaluationInputs } from '../lifecycle/evaluation/index.ts';
import type { MonitoringInputs } from '../lifecycle/monitoring/index.ts';
import { judgedBy } from '../lifecycle/problem/index.ts';
import type { TestingInputs } from '../lifecycle/testing/index.ts';
import type { TrainingInputs, TrainingOutputs } from '../lifecycle/training/index.ts';
import type { ReleaseKey } from '../decide/release.ts';
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
export function dataInputs({ data, split, problem, clock }: ProjectDocument): DataInputs {
  return { data, split, requires: requirementsOf(problem.requires), starts: clockStart(clock) };
}

/** Where the project clock of a replay starts, milliseconds UTC; null: the project lives on wall time. */
export function clockStart(clock: ProjectDocument['clock']): number | null {
  return clock === undefined ? null : Date.parse(`${clock.starts}T00:00:00Z`);
}

/** What training is given. */
export function trainingInputs(
  document: ProjectDocument,
  specHash: string,
  data: DataOutputs,
): TrainingInputs {
  const { training, split, kind } = document;
  const dataHash = data.versions[data.features.source]?.hash ?? '';
  return { training, split, kind, data, dataHash, specHash, key: businessKey(document, data) };
}

/** The column by which outcomes are told, as predictions carry it; `row` is the position in the source. */
function businessKey({ monitoring }: ProjectDocument, data: DataOutputs): ReleaseKey | null {
  const name = monitoring?.outcomes?.key;
  if (name === undefined) return null;
  const column = data.versions[data.features.source]?.columns.find((candidate) => candidate.name === name);
  const isNumber = column === undefined ? name === 'row' : NUMBERS.has(column.type);
  return { name, type: isNumber ? 'number' : 'string' };
}

const NUMBERS: ReadonlySet<string> = new Set(['integer', 'number']);

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

/** What monitoring is given of a release that answers. */
export function monitoringInputs(
  { monitoring, problem, split }: ProjectDocument,
  data: DataOutputs,
  training: TrainingOutputs,
  test: Readonly<Record<string, number | null>>,
): MonitoringInputs {
  const criteria = problem.criteria.filter((criterion) => judgedBy(criterion) === 'monitoring');
  return { monitoring: monitoring ?? {}, criteria, split, data, training, test };
}

/** What both stages that judge a model are given. */
function judgedInputs(document: ProjectDocument, data: DataOutputs, training: TrainingOutputs) {
  const { kind, split, problem, evaluation } = document;
  const slices = evaluation?.slices ?? [];
  return { kind, split, data, training, criteria: problem.criteria, slices, seed: document.training.seed };
}
