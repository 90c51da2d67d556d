import type { Engine } from '../engine/engine.ts';
import { durationMs } from '../kernel/schema.ts';
import type { Stage } from '../kernel/verdict.ts';
import {
  type ActionPorts,
  type BoundaryReport,
  carryOutDue,
  findingsOf,
  type Incident,
  type LiveProject,
  settleFindings,
  windowEvidence,
  windowStatements,
} from '../lifecycle/monitoring/index.ts';
import { expirePredictions } from '../lifecycle/decommissioning/index.ts';
import { askAgain, dueRetraining } from '../lifecycle/retraining/index.ts';
import type { LifecycleContext } from '../lifecycle/stage-scope.ts';
import { evidenceRecord } from '../store/evidence.ts';
import type { ProjectDocument } from './document/project-document.ts';
import { startDueEffects } from './retrain-effect.ts';
import { resultUnit, stageResults } from './stage-result.ts';

/** What following a project takes. */
export interface WatchContext extends LifecycleContext {
  readonly engine: Engine;
  readonly actions: ActionPorts;
}

/**
 * What follows from one boundary of the project clock: its windows are recorded, what they found becomes
 * incidents, the board says how things stand. After its commit, what is due is started: actions whose veto
 * has passed, retrainings by the calendar, looks at the effect of promotions, and whatever waits for traffic.
 */
export async function watchBoundary(
  ctx: WatchContext,
  live: LiveProject,
  document: ProjectDocument,
  before: number,
  report: BoundaryReport,
): Promise<() => Promise<void>> {
  const { project, owner } = live.inputs;
  const recorded = report.windows.filter((window) => report.dayClosed || window.verdict === 'fail');
  if (recorded.length > 0) {
    await ctx.db.commit({ statements: windowStatements(project, recorded, ctx.clock.now()) });
  }
  const findings = findingsOf(watchedOf(document, live), report);
  const settled = await settleFindings(ctx, { name: project, owner }, findings);
  if (report.dayClosed || settled.opened.length > 0 || settled.closed.length > 0) {
    await recordMonitoring(ctx, live, report, settled.open);
  }
  const { decommissioning } = document;
  const changed = report.dayClosed || settled.opened.length > 0 || settled.closed.length > 0;
  return async () => {
    if (changed) ctx.engine.announce(project);
    if (report.dayClosed && decommissioning?.keep_predictions !== undefined) {
      const keepMs = durationMs(decommissioning.keep_predictions);
      await expirePredictions(ctx, { project, at: report.at, keepMs, actor: 'system' });
    }
    await carryOutDue(ctx, ctx.actions, project, report.at);
    if (document.retraining !== undefined) {
      const started = await dueRetraining(ctx, project, before, report.at);
      if (started === null && report.dayClosed) await askAgain(ctx, project, report.at);
      await startDueEffects(ctx, project, report.at);
    }
  };
}

function watchedOf({ monitoring, data }: ProjectDocument, live: LiveProject) {
  return {
    project: live.inputs.project,
    dataset: data.features.source ?? Object.keys(data.sources)[0] ?? '',
    criteria: monitoring?.watch ?? [],
    drift: monitoring?.drift !== undefined,
  };
}

/**
 * Says on the board how monitoring stands: by the incidents that are open, with the windows of the day as
 * evidence.
 */
async function recordMonitoring(
  ctx: WatchContext,
  live: LiveProject,
  report: BoundaryReport,
  open: readonly Incident[],
): Promise<void> {
  const { project } = live.inputs;
  const stage: Stage = 'monitoring';
  const present = (await stageResults(ctx.db, project)).get(stage);
  const whole = report.windows.filter(({ monitor }) => !monitor.startsWith('drift:'));
  const records = (report.dayClosed ? whole : []).map((window) =>
    evidenceRecord({ ...windowEvidence(window), project, stage }, ctx),
  );
  const day = new Date(report.at).toISOString().slice(0, 16).replace('T', ' ');
  const failing = open.filter((incident) => incident.severity !== 'info');
  const draft = {
    project,
    stage,
    key: present?.key ?? null,
    verdict: failing.length === 0 ? ('pass' as const) : ('fail' as const),
    reason:
      open.length === 0
        ? `no incident is open on ${day}`
        : `on ${day}: ${open.map((incident) => incident.title).join('; ')}`,
    evidence: records.length > 0 ? records.map((record) => record.evidence.id) : (present?.evidence ?? []),
    outputs: present?.outputs ?? {},
    executionId: null,
    actor: 'system',
  };
  const unit = resultUnit(draft, ctx.clock.now(), { cacheKeys: [] });
  await ctx.db.commit({
    statements: [...records.flatMap((record) => record.statements), ...unit.statements],
    ledger: [...records.flatMap((record) => record.ledger), ...unit.ledger],
  });
}
