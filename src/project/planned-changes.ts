import { STAGES, type Stage } from '../kernel/verdict.ts';
import { listRoutes } from '../lifecycle/deployment/index.ts';
import type { KeyScope } from '../lifecycle/stage-scope.ts';
import type { ProjectDocument } from './document/project-document.ts';
import type { PlannedChange, PlannedStage } from './plan-view.ts';
import { changedParts } from './spec-diff.ts';

/** What applying a document would make, change and ask for, given which stages run. */
export async function plannedChanges(
  scope: KeyScope,
  document: ProjectDocument,
  before: ProjectDocument | undefined,
  stages: readonly PlannedStage[],
): Promise<readonly PlannedChange[]> {
  const runs = (stage: Stage): boolean => stages.some((planned) => planned.stage === stage && planned.run);
  const changes = [
    ...documentChanges(document, before),
    ...sourceChanges(document, before, { data: runs('data') }),
  ];
  if (runs('training')) {
    changes.push({ action: 'create', stage: 'training', subject: document.name, reason: 'a model version' });
  }
  if (runs('deployment')) changes.push(...(await deploymentChanges(scope, document)));
  return changes;
}

function documentChanges(document: ProjectDocument, before: ProjectDocument | undefined): PlannedChange[] {
  if (before === undefined) {
    return [{ action: 'create', stage: 'problem', subject: document.name, reason: 'a new project' }];
  }
  return changedParts(before, document).map((part) => {
    const stage = STAGES.find((name) => name === part) ?? (part === 'split' ? 'training' : 'problem');
    return { action: 'change', stage, subject: part, reason: `${part} of tend.yaml changed` };
  });
}

function sourceChanges(
  document: ProjectDocument,
  before: ProjectDocument | undefined,
  runs: { readonly data: boolean },
): PlannedChange[] {
  const now = document.data.sources;
  const old = before?.data.sources ?? {};
  const changes: PlannedChange[] = [];
  for (const subject of runs.data ? Object.keys(now) : []) {
    const action = old[subject] === undefined ? 'create' : 'replace';
    changes.push({ action, stage: 'data', subject, reason: 'a version of its rows' });
  }
  for (const subject of Object.keys(old)) {
    if (now[subject] !== undefined) continue;
    changes.push({
      action: 'remove',
      stage: 'data',
      subject,
      reason: 'no longer declared; versions are kept',
    });
  }
  return changes;
}

async function deploymentChanges(scope: KeyScope, document: ProjectDocument): Promise<PlannedChange[]> {
  const { endpoint, rollout } = document.deployment;
  const rule = document.governance?.approve?.production;
  const stage = 'deployment';
  const changes: PlannedChange[] = [];
  if (rule !== undefined) {
    const reason = `production needs ${rule.not === 'author' ? `${rule.by}, not the author` : rule.by}`;
    changes.push({ action: 'approval', stage, subject: rule.by, reason });
  }
  const live = (await listRoutes(scope.db, endpoint)).find((route) => route.role === 'stable');
  const way =
    typeof rollout === 'string' ? 'at once' : `by ${rollout.canary.join(', ')}, ${rollout.bake} each`;
  const reason =
    live === undefined
      ? 'the first version takes 100%'
      : `from version ${live.version} to the new one ${way}`;
  changes.push({ action: 'traffic', stage, subject: endpoint, reason });
  return changes;
}
