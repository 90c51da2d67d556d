import type { Stage } from '../kernel/verdict.ts';
import { type DataOutputs, dataKey } from '../lifecycle/data/index.ts';
import { releaseAnswers } from '../lifecycle/deployment/index.ts';
import { evaluationKey } from '../lifecycle/evaluation/index.ts';
import { problemKey } from '../lifecycle/problem/index.ts';
import type { KeyScope } from '../lifecycle/stage-scope.ts';
import { type TrainingOutputs, trainingKey } from '../lifecycle/training/index.ts';
import type { ProjectDocument } from './document/project-document.ts';
import { NOT_RUN } from './not-run.ts';
import type { PlannedStage } from './plan-view.ts';
import { changedCriteria, changedParts } from './spec-diff.ts';
import { dataInputs, evaluationInputs, problemInputs, trainingInputs } from './stage-inputs.ts';
import { cachedResult, type StoredResult } from './stage-result.ts';

/** A plan in the making: what is compared, and the stages that were gone through. */
interface Survey {
  readonly scope: KeyScope;
  readonly document: ProjectDocument;
  /** The document that was applied last. */
  readonly before: ProjectDocument | undefined;
  readonly results: ReadonlyMap<Stage, StoredResult>;
  /** Ids of changed criteria by the stages that lean on them. */
  readonly criteria: ReadonlyMap<Stage, readonly string[]>;
  readonly stages: PlannedStage[];
  /** The first stage that runs of those whose outputs later ones take. */
  upstream: Stage | undefined;
}

/**
 * Which of the ten stages would run, in the order of the life. A stage runs when one that it leans on does.
 */
export async function plannedStages(
  scope: KeyScope,
  document: ProjectDocument,
  before: ProjectDocument | undefined,
  results: ReadonlyMap<Stage, StoredResult>,
): Promise<readonly PlannedStage[]> {
  const criteria = before === undefined ? new Map<never, never>() : changedCriteria(before, document);
  const survey: Survey = { scope, document, before, results, criteria, stages: [], upstream: undefined };
  await settle(survey, 'problem', problemKey(scope, problemInputs(document)));
  const data = await settle<DataOutputs>(survey, 'data', await dataKey(scope, dataInputs(document)));
  const training =
    data === undefined
      ? leaning(survey, 'training')
      : // The hash of the document is recorded with a run and is no part of its key.
        await settle<TrainingOutputs>(
          survey,
          'training',
          trainingKey(scope, trainingInputs(document, '', data)),
        );
  if (data === undefined || training === undefined) leaning(survey, 'evaluation');
  else {
    const key = await evaluationKey(scope, evaluationInputs(document, data, training));
    await settle(survey, 'evaluation', key);
  }
  lastStages(survey, training === undefined ? undefined : await undone(scope, document, training));
  afterDeployment(survey);
  return survey.stages;
}

/** Notes a stage whose key is known; what it hands on if it need not run. */
async function settle<Outputs extends object>(
  survey: Survey,
  stage: Stage,
  key: string,
): Promise<Outputs | undefined> {
  const { scope, results, stages } = survey;
  const present = results.get(stage);
  const kept = await cachedResult(scope.db, scope.project, stage, key);
  const settled = kept ?? (present?.key === key && present.verdict === 'pass' ? present : undefined);
  if (settled !== undefined) {
    const same = present?.key === key && present.verdict === kept?.verdict;
    const reason = same ? 'unchanged' : `carried out for these inputs before: ${settled.verdict}`;
    stages.push({ stage, run: false, reason });
    return settled.outputs as Outputs;
  }
  const first = present === undefined ? 'it has not run yet' : 'its inputs changed';
  const reason = present?.key === key ? `it is ${present.verdict}` : first;
  stages.push({ stage, run: true, reason: criteriaReason(survey, stage) ?? reason });
  if (stage !== 'problem') survey.upstream ??= stage;
  return undefined;
}

/** Notes a stage that runs because one before it does. */
function leaning(survey: Survey, stage: Stage): undefined {
  const reason = criteriaReason(survey, stage) ?? `${survey.upstream ?? 'data'} runs`;
  survey.stages.push({ stage, run: true, reason });
}

function criteriaReason({ criteria }: Survey, stage: Stage): string | undefined {
  const changed = criteria.get(stage);
  return changed === undefined ? undefined : `criterion ${changed.join(', ')} changed`;
}

/**
 * What follows a deployment by itself: monitors are armed and documents written anew; the rest waits for its
 * occasion.
 */
function afterDeployment({ document, before, stages }: Survey): void {
  const deploys = stages.some(({ stage, run }) => stage === 'deployment' && run);
  const parts = before === undefined ? [] : changedParts(before, document);
  const armed = deploys ? 'deployment runs' : parts.includes('monitoring') ? 'monitoring changed' : undefined;
  stages.push({ stage: 'monitoring', run: armed !== undefined, reason: armed ?? 'unchanged' });
  stages.push({ stage: 'retraining', run: false, reason: NOT_RUN.retraining });
  stages.push({ stage: 'governance', run: deploys, reason: deploys ? 'deployment runs' : 'unchanged' });
  stages.push({ stage: 'decommissioning', run: false, reason: NOT_RUN.decommissioning });
}

/** Testing and deployment lean on all before them; they run when one does or when their own part changed. */
function lastStages(survey: Survey, undoneReason: string | undefined): void {
  const { document, before, stages } = survey;
  const parts = before === undefined ? [] : changedParts(before, document);
  const own = { testing: ['testing', 'evaluation'], deployment: ['deployment', 'governance'] };
  for (const stage of ['testing', 'deployment'] as const) {
    const changed = own[stage].filter((part) => parts.includes(part));
    const since = stage === 'deployment' ? undoneReason : undefined;
    const reason = criteriaReason(survey, stage) ?? lastReason(survey, stage, changed) ?? since;
    stages.push({ stage, run: reason !== undefined, reason: reason ?? 'unchanged' });
    if (reason !== undefined) survey.upstream ??= stage;
  }
}

/** Why a deployment that passed runs again: another version has its traffic since, as after a rollback. */
async function undone(
  { db }: KeyScope,
  document: ProjectDocument,
  { manifestBlob, version }: TrainingOutputs,
): Promise<string | undefined> {
  const { endpoint } = document.deployment;
  const answers = await releaseAnswers(db, { endpoint, releaseHash: manifestBlob });
  return answers ? undefined : `version ${version} does not answer at ${endpoint}`;
}

function lastReason(
  { upstream, results }: Survey,
  stage: Stage,
  changed: readonly string[],
): string | undefined {
  if (upstream !== undefined) return `${upstream} runs`;
  if (changed.length > 0) return `${changed.join(', ')} changed`;
  const present = results.get(stage);
  if (present === undefined) return 'it has not run yet';
  return present.verdict === 'pass' ? undefined : `it is ${present.verdict}`;
}
