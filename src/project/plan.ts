import { z } from 'zod';
import { hashJson } from '../kernel/hash.ts';
import { STAGES, type Stage } from '../kernel/verdict.ts';
import { type DataOutputs, dataKey, requirementsOf } from '../lifecycle/data/index.ts';
import { listRoutes } from '../lifecycle/deployment/index.ts';
import { evaluationKey } from '../lifecycle/evaluation/index.ts';
import { problemKey } from '../lifecycle/problem/index.ts';
import type { KeyScope } from '../lifecycle/stage-scope.ts';
import { type TrainingOutputs, trainingKey } from '../lifecycle/training/index.ts';
import type { ProjectDocument } from './document/project-document.ts';
import { readDocument } from './document/read-document.ts';
import { LATER_STAGE_REASON, LATER_STAGES } from './later-stages.ts';
import { projectClock } from './project-clock.ts';
import type { ProjectContext } from './project-context.ts';
import type { ProjectSource } from './project-files.ts';
import { changedCriteria, changedParts } from './spec-diff.ts';
import { cachedResult, type StoredResult, stageResults } from './stage-result.ts';

/** One thing that applying would do. */
const planChange = z.object({
  action: z.enum(['create', 'change', 'replace', 'remove', 'traffic', 'approval']),
  stage: z.enum(STAGES),
  subject: z.string(),
  reason: z.string(),
});

/** What `plan` says: changes, which stages run, and the hash by which exactly this plan can be applied. */
export const planView = z
  .object({
    project: z.string(),
    specHash: z.string(),
    changes: z.array(planChange),
    stages: z.array(z.object({ stage: z.enum(STAGES), run: z.boolean(), reason: z.string() })),
    hash: z.string().describe('`apply --plan` carries out exactly this plan or is refused.'),
  })
  .meta({ id: 'Plan' });
export type Plan = z.output<typeof planView>;
type Change = z.output<typeof planChange>;
type PlannedStage = Plan['stages'][number];

/** Compares a project's source with what is there, and says what applying it would do. Changes nothing. */
export async function plan(ctx: ProjectContext, source: ProjectSource): Promise<Plan> {
  const { document, hash } = readDocument(source.yaml);
  const stored = await ctx.db.query
    .selectFrom('project')
    .select(['spec_hash', 'document'])
    .where('name', '=', document.name)
    .executeTakeFirst();
  const before = stored === undefined ? undefined : (JSON.parse(stored.document) as ProjectDocument);
  const scope: KeyScope = {
    ...ctx,
    project: document.name,
    projectDir: ctx.projectDir,
    files: source.files,
    projectClock: await projectClock(ctx.db, document),
  };
  const results = await stageResults(ctx.db, document.name);
  const stages = await plannedStages(scope, document, before, results);
  const changes = await plannedChanges(scope, document, before, stages);
  const base = [...results.values()].map(({ stage, key, verdict }) => ({ stage, key, verdict }));
  const said = { project: document.name, specHash: hash, changes, stages };
  return { ...said, hash: hashJson({ ...said, base, files: source.files }) };
}

async function plannedStages(
  scope: KeyScope,
  document: ProjectDocument,
  before: ProjectDocument | undefined,
  results: ReadonlyMap<Stage, StoredResult>,
): Promise<PlannedStage[]> {
  const criteria = before === undefined ? new Map<Stage, readonly string[]>() : changedCriteria(before, document);
  const stages: PlannedStage[] = [];
  let upstream: Stage | undefined;
  const add = async (stage: Stage, key: () => Promise<string> | string, needsUpstream: boolean) => {
    const changed = criteria.get(stage);
    const why = changed === undefined ? undefined : `criterion ${changed.join(', ')} changed`;
    if (needsUpstream && upstream !== undefined) {
      stages.push({ stage, run: true, reason: why ?? `${upstream} runs` });
      return undefined;
    }
    const wanted = await key();
    const present = results.get(stage);
    const kept = await cachedResult(scope.db, scope.project, stage, wanted);
    const settled = kept ?? (present?.key === wanted && present.verdict === 'pass' ? present : undefined);
    if (settled !== undefined) {
      const same = present?.key === wanted && present.verdict === kept?.verdict;
      stages.push({ stage, run: false, reason: same ? 'unchanged' : `carried out for these inputs before: ${settled.verdict}` });
      return settled;
    }
    const first = present === undefined ? 'it has not run yet' : 'its inputs changed';
    stages.push({ stage, run: true, reason: why ?? (present?.key === wanted ? `it is ${present.verdict}` : first) });
    if (stage !== 'problem') upstream ??= stage;
    return undefined;
  };
  const { problem, owner, kind, data, split } = document;
  await add('problem', () => problemKey(scope, { problem, owner, kind }), false);
  const requires = requirementsOf(problem.requires);
  const dataKept = await add('data', () => dataKey(scope, { data, split, requires }), false);
  const dataOut = dataKept?.outputs as DataOutputs | undefined;
  const trainingInputs = () => ({
    ...{ training: document.training, split, kind, specHash: '' },
    data: dataOut as DataOutputs,
    dataHash: dataOut?.versions[dataOut.features.source]?.hash ?? '',
  });
  const trained = await add('training', () => trainingKey(scope, trainingInputs()), true);
  const training = trained?.outputs as TrainingOutputs | undefined;
  await add(
    'evaluation',
    () =>
      evaluationKey(scope, {
        ...{ kind, split, criteria: problem.criteria, seed: document.training.seed },
        baseline: problem.baseline as { score?: string },
        slices: document.evaluation?.slices ?? [],
        compareChampion: document.evaluation?.compare === 'champion',
        data: dataOut as DataOutputs,
        training: training as TrainingOutputs,
      }),
    true,
  );
  await addLast(scope, document, stages, results, criteria, upstream);
  for (const stage of LATER_STAGES) stages.push({ stage, run: false, reason: LATER_STAGE_REASON });
  return stages;
}

/** Testing and deployment lean on all before them; they run when one does or when their own part changed. */
async function addLast(
  scope: KeyScope,
  document: ProjectDocument,
  stages: PlannedStage[],
  results: ReadonlyMap<Stage, StoredResult>,
  criteria: ReadonlyMap<Stage, readonly string[]>,
  upstream: Stage | undefined,
): Promise<void> {
  const stored = await scope.db.query
    .selectFrom('project')
    .select('document')
    .where('name', '=', scope.project)
    .executeTakeFirst();
  const parts = stored === undefined ? [] : changedParts(JSON.parse(stored.document) as ProjectDocument, document);
  const own = { testing: ['testing', 'evaluation'], deployment: ['deployment', 'governance'] } as const;
  let before: Stage | undefined = upstream;
  for (const stage of ['testing', 'deployment'] as const) {
    const present = results.get(stage);
    const changed = own[stage].filter((part) => parts.includes(part));
    const why = criteria.get(stage);
    const reason =
      why !== undefined
        ? `criterion ${why.join(', ')} changed`
        : before !== undefined
          ? `${before} runs`
          : changed.length > 0
            ? `${changed.join(', ')} changed`
            : present === undefined
              ? 'it has not run yet'
              : present.verdict === 'pass'
                ? undefined
                : `it is ${present.verdict}`;
    stages.push({ stage, run: reason !== undefined, reason: reason ?? 'unchanged' });
    if (reason !== undefined) before ??= stage;
  }
}

async function plannedChanges(
  scope: KeyScope,
  document: ProjectDocument,
  before: ProjectDocument | undefined,
  stages: readonly PlannedStage[],
): Promise<Change[]> {
  const changes: Change[] = [];
  const runs = (stage: Stage): boolean => stages.some((planned) => planned.stage === stage && planned.run);
  if (before === undefined) {
    changes.push({ action: 'create', stage: 'problem', subject: document.name, reason: 'a new project' });
  } else {
    for (const part of changedParts(before, document)) {
      const stage = STAGES.find((name) => name === part) ?? (part === 'split' ? 'training' : 'problem');
      changes.push({ action: 'change', stage, subject: part, reason: `${part} of tend.yaml changed` });
    }
  }
  if (runs('data')) {
    for (const name of Object.keys(document.data.sources)) {
      const known = before?.data.sources[name] !== undefined;
      changes.push({ action: known ? 'replace' : 'create', stage: 'data', subject: name, reason: 'a version of its rows' });
    }
  }
  for (const name of Object.keys(before?.data.sources ?? {})) {
    if (document.data.sources[name] === undefined) {
      changes.push({ action: 'remove', stage: 'data', subject: name, reason: 'no longer declared; versions are kept' });
    }
  }
  if (runs('training')) {
    changes.push({ action: 'create', stage: 'training', subject: document.name, reason: 'a model version' });
  }
  if (runs('deployment')) changes.push(...(await deploymentChanges(scope, document)));
  return changes;
}

async function deploymentChanges(scope: KeyScope, document: ProjectDocument): Promise<Change[]> {
  const { endpoint, rollout } = document.deployment;
  const rule = document.governance?.approve?.production;
  const changes: Change[] = [];
  if (rule !== undefined) {
    const who = rule.not === 'author' ? `${rule.by}, not the author` : rule.by;
    changes.push({ action: 'approval', stage: 'deployment', subject: rule.by, reason: `production needs ${who}` });
  }
  const live = (await listRoutes(scope.db, endpoint)).find((route) => route.role === 'stable');
  if (live === undefined) {
    changes.push({ action: 'traffic', stage: 'deployment', subject: endpoint, reason: 'the first version takes 100%' });
  } else {
    const way = typeof rollout === 'string' ? 'at once' : `by ${rollout.canary.join(', ')}, ${rollout.bake} each`;
    const reason = `from version ${live.version} to the new one ${way}`;
    changes.push({ action: 'traffic', stage: 'deployment', subject: endpoint, reason });
  }
  return changes;
}
