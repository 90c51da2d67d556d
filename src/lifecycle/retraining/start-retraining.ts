import type { Engine } from '../../engine/engine.ts';
import { outboxEntry } from '../../engine/outbox-entry.ts';
import { TendError } from '../../kernel/error.ts';
import { newId } from '../../kernel/id.ts';
import { build } from '../../store/build.ts';
import type { Database, Statement } from '../../store/database.ts';
import { parseJsonText } from '../../store/json-text.ts';
import { projectChain } from '../../store/ledger-entry.ts';
import type { LifecycleContext } from '../stage-scope.ts';
import { aliasedVersion } from '../training/index.ts';
import {
  abandonCandidates,
  changeRetraining,
  listRetrainings,
  type Retraining,
  retrainingRow,
} from './retraining-store.ts';
import { type RetrainingSpec, retrainingSpec } from './spec.ts';
import { triggerRefusal } from './trigger-refusal.ts';

/** Name under which the engine knows a retraining. Its input is `{ retraining }`, the id. */
export const RETRAIN = 'retrain';

/** What starting a retraining needs. */
export type StartContext = Pick<LifecycleContext, 'db' | 'clock' | 'random'> & { readonly engine: Engine };

/** Why a retraining is to begin. */
export interface RetrainingRequest {
  readonly project: string;
  /** `drift`, the id of a criterion, `monthly`, `request`: what the retraining says set it off. */
  readonly trigger: string;
  readonly incidentId?: string;
  /** Id of the principal that asks. */
  readonly actor: string;
  /** The project clock, milliseconds UTC. */
  readonly at: number;
  /** A person who insists: neither cool-down nor limit hold. */
  readonly force?: boolean;
}

/** It began, or something speaks against it. */
export type StartedRetraining =
  | { readonly kind: 'started'; readonly retraining: string; readonly execution: string }
  | { readonly kind: 'limited'; readonly reason: string };

/**
 * Begins a retraining where the policy lets it. A trigger that is refused leaves a ledger entry
 * (`retraining.limited`) and no retraining. Nothing is trained yet when this resolves.
 * @throws NOT_FOUND for an unknown project; CONFLICT where its document declares no retraining.
 */
export async function startRetraining(
  ctx: StartContext,
  request: RetrainingRequest,
): Promise<StartedRetraining> {
  const { project, at, trigger } = request;
  const spec = await declaredRetraining(ctx.db, project);
  if (spec === undefined) {
    throw new TendError('CONFLICT', `tend.yaml of ${project} declares no retraining`, {
      hint: 'Add `retraining: { when: [monthly] }` to tend.yaml and apply it.',
    });
  }
  await closeLost(ctx, project);
  const earlier = (await listRetrainings(ctx.db, project)).map((one) => ({
    at: one.at,
    unfinished: one.state === 'running',
  }));
  const policy = request.force === true ? {} : spec;
  const reason =
    triggerRefusal(policy, earlier, at) ??
    (await otherWork(ctx.db, project)) ??
    (await nothingToReplace(ctx.db, project));
  if (reason !== null) return await limited(ctx, request, reason);
  const id = newId('ret', ctx.clock, ctx.random);
  const body = { trigger, at, incident: request.incidentId ?? null, forced: request.force === true };
  try {
    await ctx.db.commit({
      statements: [
        noneRunning(project, ctx.clock.now()),
        retrainingRow({ id, project, trigger, incidentId: request.incidentId ?? null, at }, ctx.clock.now()),
        outboxEntry({ type: 'retraining.run.started', project, body: { retraining: id, ...body } }, ctx),
      ],
      ledger: [ledgerOf(request, 'retraining.started', id, body)],
    });
  } catch (error) {
    const overtaken = error instanceof TendError && error.code === 'CONFLICT';
    if (!overtaken) throw error;
    return await limited(ctx, request, 'a retraining is under way');
  }
  return { kind: 'started', retraining: id, execution: await execute(ctx, project, id, request.actor) };
}

/**
 * Starts what was written down and not started yet, as after a kill between the two. Called at the start of a
 * server.
 */
export async function resumeRetrainings(ctx: StartContext): Promise<void> {
  const rows = await ctx.db.query
    .selectFrom('retraining')
    .select(['id', 'project'])
    .where('state', '=', 'running')
    .where('execution_id', 'is', null)
    .execute();
  for (const { id, project } of rows) {
    const started = await ctx.db.query
      .selectFrom('execution')
      .select('id')
      .where('workflow', '=', RETRAIN)
      .where('key', '=', keyOf(project, id))
      .executeTakeFirst();
    if (started === undefined) await execute(ctx, project, id, 'system');
  }
}

function execute(ctx: StartContext, project: string, retraining: string, actor: string): Promise<string> {
  return ctx.engine.start({
    workflow: RETRAIN,
    key: keyOf(project, retraining),
    project,
    input: { retraining },
    actor,
  });
}

function keyOf(project: string, retraining: string): string {
  return `${project}:${retraining}`;
}

/** The part of the present document, if it has one. @throws NOT_FOUND for an unknown project. */
export async function declaredRetraining(db: Database, project: string): Promise<RetrainingSpec | undefined> {
  const row = await db.query
    .selectFrom('project')
    .select('document')
    .where('name', '=', project)
    .executeTakeFirst();
  if (row === undefined) throw new TendError('NOT_FOUND', `there is no project ${project}`);
  const { retraining } = parseJsonText(row.document) as { readonly retraining?: unknown };
  return retraining === undefined ? undefined : retrainingSpec.parse(retraining);
}

/** A retraining whose execution ended without a word (it was cancelled, or a defect ended it) has failed. */
async function closeLost(ctx: StartContext, project: string): Promise<void> {
  const running = (await listRetrainings(ctx.db, project)).filter((one) => one.state === 'running');
  for (const one of running) {
    const execution = await executionOf(ctx.db, one);
    if (execution === undefined || !['failed', 'cancelled'].includes(execution.state)) continue;
    const reason = `its execution was ${execution.state === 'failed' ? 'broken off' : 'cancelled'}`;
    await ctx.db.commit({
      statements: [
        changeRetraining(one.id, 'running', { state: 'failed', reason }, ctx.clock.now()),
        abandonCandidates(one.id, reason, ctx.clock.now()),
      ],
      ledger: [
        {
          chain: projectChain(project),
          action: 'retraining.failed',
          actor: 'system',
          subject: one.id,
          body: { reason },
        },
      ],
    });
  }
}

async function executionOf(db: Database, { id, project }: Retraining) {
  return db.query
    .selectFrom('execution')
    .select('state')
    .where('workflow', '=', RETRAIN)
    .where('key', '=', keyOf(project, id))
    .orderBy('created_at', 'desc')
    .executeTakeFirst();
}

async function nothingToReplace(db: Database, project: string): Promise<string | null> {
  const champion = await aliasedVersion(db, project, 'champion');
  return champion === undefined ? 'no version is live, so there is none to replace' : null;
}

/** Two executions must not move one endpoint: another one of the project that works, or a rollout of it. */
async function otherWork(db: Database, project: string): Promise<string | null> {
  const execution = await db.query
    .selectFrom('execution')
    .select('workflow')
    .where('project', '=', project)
    .where('workflow', '=', 'apply')
    .where('state', 'in', ['queued', 'running'])
    .executeTakeFirst();
  if (execution !== undefined) return 'tend.yaml is being applied';
  const rollout = await db.query
    .selectFrom('rollout')
    .innerJoin('endpoint', 'endpoint.name', 'rollout.endpoint')
    .select('rollout.id')
    .where('endpoint.project', '=', project)
    .where('rollout.state', '=', 'running')
    .executeTakeFirst();
  return rollout === undefined ? null : 'another version is on its way to the endpoint';
}

/** Holds while no retraining of the project is under way: of two triggers at once, one wins. */
function noneRunning(project: string, now: number): Statement {
  const query = build
    .updateTable('project')
    .set({ updated_at: now })
    .where('name', '=', project)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('retraining')
            .select('retraining.id')
            .where('retraining.project', '=', project)
            .where('retraining.state', '=', 'running'),
        ),
      ),
    );
  return { query, expect: 1 };
}

async function limited(
  ctx: StartContext,
  request: RetrainingRequest,
  reason: string,
): Promise<StartedRetraining> {
  const { project, trigger, at, incidentId = null } = request;
  await ctx.db.commit({
    statements: [],
    ledger: [ledgerOf(request, 'retraining.limited', project, { trigger, at, reason, incident: incidentId })],
  });
  return { kind: 'limited', reason };
}

function ledgerOf(
  { project, actor }: RetrainingRequest,
  action: string,
  subject: string,
  body: Readonly<Record<string, string | number | boolean | null>>,
) {
  return { chain: projectChain(project), action, actor, subject, body };
}
