import { newId } from '../../../kernel/id.ts';
import { durationMs } from '../../../kernel/schema.ts';
import { build } from '../../../store/build.ts';
import type { LedgerDraft, Statement } from '../../../store/database.ts';
import { projectChain } from '../../../store/ledger-entry.ts';
import type { ActionTable } from '../../../store/tables/loop-tables.ts';
import { listRoutes } from '../../deployment/index.ts';
import type { LifecycleContext } from '../../stage-scope.ts';
import type { Incident } from '../incidents/incident.ts';
import { actionText } from './action.ts';
import { overLimit } from './action-limit.ts';
import { type ActingDocument, actionsFor, type DeclaredAction } from './actions-for.ts';
import { type ActionEnd, settleAction } from './settle-action.ts';

type Context = Pick<LifecycleContext, 'db' | 'clock' | 'random'>;

/**
 * Writes down what an incident sets off, as one unit under the incident's id, so that it is written once
 * however often it is asked for. An alert, a dry run and what the limit holds back are settled with that; the
 * rest waits: to be done at once, or until its veto time has passed.
 */
export async function planActions(ctx: Context, incident: Incident, document: ActingDocument): Promise<void> {
  const { endpoint } = document.deployment;
  const routes = await listRoutes(ctx.db, endpoint);
  const answering = routes.find(({ role }) => role === 'stable')?.releaseHash ?? null;
  const statements: Statement[] = [];
  const ledger: LedgerDraft[] = [];
  const declared = actionsFor(document, incident.cause);
  // Ids of one millisecond sort at random; actions are listed, and carried out, in the order declared.
  const ids = declared.map(() => newId('act', ctx.clock, ctx.random)).sort();
  for (const [index, action] of declared.entries()) {
    const about = { id: ids[index] ?? '', endpoint, release: incident.release ?? answering };
    const row = rowOf(ctx, incident, action, about);
    const end = await endAtOnce(ctx, incident, action);
    if (end === undefined) {
      statements.push({ query: build.insertInto('action').values(row), expect: 1 });
      ledger.push(planned(row));
    } else {
      const unit = settleAction(ctx, row, end, true);
      statements.push(...unit.statements);
      ledger.push(...unit.ledger);
    }
  }
  await ctx.db.commit({ statements, ledger, idempotencyKey: `actions:${incident.id}` });
}

function rowOf(
  ctx: Context,
  incident: Incident,
  action: DeclaredAction,
  { id, ...about }: { readonly id: string; readonly endpoint: string; readonly release: string | null },
): ActionTable {
  const { kind, to, dryRun, limit, veto } = action;
  const now = ctx.clock.now();
  const at = incident.openedAt;
  return {
    id,
    project: incident.project,
    incident_id: incident.id,
    kind,
    state: 'waiting',
    at,
    due_at: veto === null ? at : at + durationMs(veto),
    body: actionText({
      cause: incident.cause,
      ...about,
      to,
      dryRun,
      limit,
      veto,
      reason: veto === null ? 'about to be done' : `done in ${veto} unless somebody vetoes it`,
      evidence: null,
    }),
    decided_by: null,
    created_at: now,
    updated_at: now,
  };
}

async function endAtOnce(
  ctx: Context,
  incident: Incident,
  action: DeclaredAction,
): Promise<ActionEnd | undefined> {
  const { kind, dryRun } = action;
  const over = await overLimit(ctx.db, incident.project, action, incident.openedAt);
  if (over !== undefined) return { state: 'limited', reason: over };
  if (dryRun) return { state: 'dry-run', reason: 'recorded and not done, as declared' };
  if (kind === 'alert') return { state: 'done', reason: `${incident.owner} is told: ${incident.title}` };
  return undefined;
}

function planned(row: ActionTable): LedgerDraft {
  return {
    chain: projectChain(row.project),
    action: 'action.planned',
    actor: 'system',
    subject: row.id,
    body: { incident: row.incident_id, kind: row.kind, dueAt: row.due_at },
  };
}
