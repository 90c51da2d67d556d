import { TendError } from '../kernel/error.ts';
import { hashJson } from '../kernel/hash.ts';
import { assertNotRetired } from '../lifecycle/decommissioning/index.ts';
import { endRollouts } from '../lifecycle/deployment/index.ts';
import { RETRAIN } from '../lifecycle/retraining/index.ts';
import { build } from '../store/build.ts';
import { projectChain } from '../store/ledger-entry.ts';
import { APPLY, type ApplyInput } from './apply-input.ts';
import type { ApplyStarted } from './apply-view.ts';
import { assertSourcesAllowed } from './assert-sources-allowed.ts';
import { readDocument } from './document/read-document.ts';
import { plan } from './plan.ts';
import type { ProjectContext } from './project-context.ts';
import type { ProjectSource } from './project-files.ts';

/**
 * Starts carrying out a project, or goes on with what was begun for the same source. An unfinished execution
 * of another source of the project is given up first. Resolves as soon as it is on disk; follow it with
 * `executions.watch`.
 * @throws SPEC_INVALID; STALE_PLAN when `planHash` is not the plan as it would be made now.
 */
export async function startApply(
  ctx: ProjectContext,
  input: ProjectSource & { readonly planHash?: string },
): Promise<ApplyStarted> {
  const { document, hash } = readDocument(input.yaml);
  if (input.planHash !== undefined) {
    const present = await plan(ctx, input);
    if (present.hash !== input.planHash) {
      throw new TendError('STALE_PLAN', `the plan was made for another state of ${document.name}`);
    }
  }
  assertSourcesAllowed(ctx.principal, ctx.projectDir, document);
  await assertNotRetired(ctx.db, { kind: 'project', name: document.name });
  await assertNotRetired(ctx.db, { kind: 'endpoint', name: document.deployment.endpoint });
  const key = `${document.name}:${hashJson({ document: hash, files: input.files })}`;
  await giveUpOthers(ctx, document.name, key);
  const work: ApplyInput = {
    yaml: input.yaml,
    files: input.files,
    projectDir: ctx.projectDir,
    author: ctx.principal.id,
  };
  const execution = await ctx.engine.start({
    workflow: APPLY,
    key,
    project: document.name,
    input: { ...work, files: { ...work.files } },
    actor: ctx.principal.id,
  });
  // What waits is looked at anew: whoever asks again wants to know whether it still has to.
  await ctx.engine.wake(execution);
  return { execution, project: document.name };
}

/** Key of the application that was carried out last; undefined before the first. */
async function lastApplied(ctx: ProjectContext, project: string): Promise<string | undefined> {
  const row = await ctx.db.query
    .selectFrom('execution')
    .select('key')
    .where('workflow', '=', APPLY)
    .where('project', '=', project)
    .where('state', '=', 'done')
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .executeTakeFirst();
  return row?.key;
}

/**
 * Cancels unfinished executions of other sources of the project, withdraws what they asked for, and takes
 * back a candidate that nobody watches any more.
 */
async function giveUpOthers(ctx: ProjectContext, project: string, key: string): Promise<void> {
  const rows = await ctx.db.query
    .selectFrom('execution')
    .select(['id', 'key', 'workflow'])
    .where('workflow', 'in', [APPLY, RETRAIN])
    .where('project', '=', project)
    .where('state', 'in', ['queued', 'running', 'waiting'])
    .execute();
  // A retraining belongs to the source that was applied last: the same source leaves it alone.
  const same = (await lastApplied(ctx, project)) === key;
  const mine = rows.filter((row) => (row.workflow === APPLY ? row.key === key : same));
  for (const { id } of rows.filter((row) => !mine.includes(row))) {
    await ctx.engine.cancel(id, ctx.principal.id);
    const comment = 'withdrawn: another source of the project was applied';
    const query = build
      .updateTable('approval')
      .set({ state: 'rejected', decided_by: 'system', comment, decided_at: ctx.clock.now() })
      .where('execution_id', '=', id)
      .where('state', '=', 'waiting');
    await ctx.db.commit({
      statements: [{ query }],
      ledger: [
        {
          chain: projectChain(project),
          action: 'approval.withdrawn',
          actor: ctx.principal.id,
          subject: id,
          body: { comment },
        },
      ],
    });
  }
  // Also one whose execution failed, or was cancelled by a process that then was killed.
  if (mine.length > 0) return;
  const reason = 'nobody watches it any more';
  await endRollouts(ctx, { project, actor: ctx.principal.id, reason });
}
