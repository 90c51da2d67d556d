import { asJson } from '../kernel/json.ts';
import type { Stage } from '../kernel/verdict.ts';
import { deploymentKey } from '../lifecycle/deployment/index.ts';
import { evaluationKeyOfChampion } from '../lifecycle/evaluation/index.ts';
import { monitoringKey } from '../lifecycle/monitoring/index.ts';
import type { RetrainingEnd } from '../lifecycle/retraining/index.ts';
import type { StageResult, StageScope } from '../lifecycle/stage-scope.ts';
import { testingKey } from '../lifecycle/testing/index.ts';
import { trainingKey } from '../lifecycle/training/index.ts';
import type { ProjectDocument } from './document/project-document.ts';
import { appliedClock } from './project-clock.ts';
import { candidateStages } from './retrain-stages.ts';
import { evaluationInputs, monitoringInputs, testingInputs, trainingInputs } from './stage-inputs.ts';
import { type ResultDraft, resultUnit, type StoredResult, stageResults } from './stage-result.ts';

/** Stages whose results are those of the version that answers. */
const OF_THE_MODEL = ['data', 'training', 'evaluation', 'testing', 'deployment'] as const;

type Successor = NonNullable<RetrainingEnd['successor']>;

/**
 * Makes the results of the candidate that took over those of the project, so that the board shows the
 * version that answers. They are kept under the keys that the unchanged document has, so that applying it
 * once more finds all done; what stood before is kept under the id of the retraining (`restoreResults`).
 */
export async function recordSuccessor(
  scope: StageScope,
  project: { readonly document: ProjectDocument; readonly specHash: string; readonly actor: string },
  retraining: string,
  successor: Successor,
): Promise<void> {
  await scope.workflow.step('retraining.results', async () => {
    const present = await stageResults(scope.db, scope.project);
    const before = [...OF_THE_MODEL, 'monitoring' as const].flatMap((stage) => {
      const result = present.get(stage);
      return result === undefined ? [] : [result];
    });
    const keys = await keysOf(scope, project, present, successor);
    const units = OF_THE_MODEL.map((stage) => {
      const { verdict, reason, evidence, outputs } = resultOf(stage, successor);
      const key = keys[stage];
      const draft = draftOf(scope, project.actor, {
        stage,
        key,
        verdict,
        reason,
        evidence,
        outputs: asJson(outputs),
      });
      return resultUnit(draft, scope.clock.now(), { cacheKeys: key === null ? [] : [key] });
    });
    units.push(watchedUnit(scope, project, present.get('monitoring'), successor));
    const kept = before.map((result) => keep(scope, result, beforeKey(retraining)));
    return {
      result: null,
      statements: [...kept.flat(), ...units.flatMap((unit) => unit.statements)],
      ledger: units.flatMap((unit) => unit.ledger),
    };
  });
}

/**
 * Monitoring goes on as it stands, on another release: verdict, reason and evidence stay, the key and the
 * profile are those of the release that answers now.
 */
function watchedUnit(
  scope: StageScope,
  { document, actor }: { readonly document: ProjectDocument; readonly actor: string },
  present: StoredResult | undefined,
  { data, training, evaluation, armed }: Successor,
): ReturnType<typeof resultUnit> {
  const inputs = monitoringInputs(document, data.outputs, training.outputs, evaluation.outputs.test);
  const key = monitoringKey(scope, inputs);
  const fresh: Said = {
    stage: 'monitoring',
    key,
    verdict: 'pass',
    reason: `version ${training.outputs.version} is watched`,
    evidence: armed?.evidence ?? [],
    outputs: asJson(armed?.result ?? {}),
  };
  const kept = resultUnit(draftOf(scope, actor, fresh), scope.clock.now(), { cacheKeys: [key] });
  if (present === undefined) return kept;
  const { verdict, reason, evidence } = present;
  const now = draftOf(scope, actor, { ...fresh, verdict, reason, evidence });
  const unit = resultUnit(now, scope.clock.now(), { cacheKeys: [] });
  return { statements: [...kept.statements, ...unit.statements], ledger: unit.ledger };
}

/** Puts back what stood before the candidate of a retraining took over: it was taken back. */
export async function restoreResults(scope: StageScope, retraining: string, actor: string): Promise<void> {
  await scope.workflow.step('retraining.restore', async () => {
    const rows = await scope.db.query
      .selectFrom('stage_cache')
      .selectAll()
      .where('project', '=', scope.project)
      .where('key', '=', beforeKey(retraining))
      .execute();
    const present = await stageResults(scope.db, scope.project);
    const units = rows.map((row) => {
      const { key, stored } = JSON.parse(row.outputs) as {
        readonly key: string | null;
        readonly stored: object;
      };
      const said = { ...row, evidence: JSON.parse(row.evidence) as string[] };
      const told = restored(said, present.get(row.stage));
      const draft = draftOf(scope, actor, { stage: row.stage, key, ...told, outputs: asJson(stored) });
      return resultUnit(draft, scope.clock.now(), { cacheKeys: key === null ? [] : [key] });
    });
    return {
      result: null,
      statements: units.flatMap((unit) => unit.statements),
      ledger: units.flatMap((unit) => unit.ledger),
    };
  });
}

/** What a stage says again, with what was done or seen since where that is what it speaks of. */
function restored(
  { stage, verdict, reason, evidence }: Pick<StoredResult, 'stage' | 'verdict' | 'reason' | 'evidence'>,
  now: StoredResult | undefined,
): Pick<StoredResult, 'verdict' | 'reason' | 'evidence'> {
  if (now === undefined || (stage !== 'deployment' && stage !== 'monitoring')) {
    return { verdict, reason, evidence };
  }
  if (stage === 'monitoring') return { verdict: now.verdict, reason: now.reason, evidence: now.evidence };
  return { verdict, reason: now.reason, evidence: [...evidence, ...now.evidence.slice(-1)] };
}

function beforeKey(retraining: string): string {
  return `before:${retraining}`;
}

/** A result under another key, with its own key beside its outputs. */
function keep(scope: StageScope, result: StoredResult, under: string) {
  const { stage, key, outputs } = result;
  const whole = draftOf(scope, 'system', { ...result, stage, outputs: asJson({ key, stored: outputs }) });
  // Only the statement of the cache: what is present is about to change.
  return resultUnit(whole, scope.clock.now(), { cacheKeys: [under] }).statements.slice(1);
}

type Said = Pick<ResultDraft, 'stage' | 'key' | 'verdict' | 'reason' | 'evidence' | 'outputs'>;

function draftOf(scope: StageScope, actor: string, said: Said): ResultDraft {
  const { stage, key, verdict, reason, evidence, outputs } = said;
  const executionId = scope.workflow.executionId;
  return { project: scope.project, actor, executionId, stage, key, verdict, reason, evidence, outputs };
}

function resultOf(stage: (typeof OF_THE_MODEL)[number], successor: Successor): StageResult<object> {
  if (stage === 'data') return successor.data;
  return successor[stage];
}

/**
 * The keys that the stages have when the unchanged document is applied: that of the data as it was, and
 * those that follow from the candidate's outputs.
 */
async function keysOf(
  scope: StageScope,
  { document, specHash }: { readonly document: ProjectDocument; readonly specHash: string },
  present: ReadonlyMap<Stage, StoredResult>,
  successor: Successor,
): Promise<Record<(typeof OF_THE_MODEL)[number], string | null>> {
  const clock = await appliedClock(scope.db, document, specHash);
  const applied: StageScope = { ...scope, projectClock: clock };
  const data = successor.data.outputs;
  const training = successor.training.outputs;
  return {
    data: present.get('data')?.key ?? null,
    training: trainingKey(applied, trainingInputs(document, specHash, data)),
    evaluation: evaluationKeyOfChampion(applied, evaluationInputs(document, data, training)),
    testing: testingKey(applied, testingInputs(document, data, training)),
    deployment: deploymentKey(applied, {
      ...candidateStages(document, specHash).deployment(data, successor),
      author: '',
      onWaiting: async () => undefined,
    }),
  };
}
