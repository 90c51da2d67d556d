import { z } from 'zod';
import { TendError } from '../kernel/error.ts';
import { build } from '../store/build.ts';
import { projectChain } from '../store/ledger-entry.ts';
import { APPLY, type ApplyInput } from './apply-workflow.ts';
import { readDocument } from './document/read-document.ts';
import { plan } from './plan.ts';
import type { ProjectContext } from './project-context.ts';
import type { ProjectSource } from './project-files.ts';

/** The execution that carries a project out. */
export const applyView = z.object({ execution: z.string(), project: z.string() });

/**
 * Starts carrying out a project, or goes on with what was begun for the same source. An unfinished execution
 * of another source of the project is given up first. Resolves as soon as it is on disk; follow it with
 * `executions.watch`.
 * @throws SPEC_INVALID; STALE_PLAN when `planHash` is not the plan as it would be made now.
 */
export async function startApply(
  ctx: ProjectContext,
  input: ProjectSource & { readonly planHash?: string },
): Promise<z.output<typeof applyView>> {
  const { document, hash } = readDocument(input.yaml);
  if (input.planHash !== undefined) {
    const present = await plan(ctx, input);
    if (present.hash !== input.planHash) {
      throw new TendError('STALE_PLAN', `the plan was made for another state of ${document.name}`);
    }
  }
  const key = `${document.name}:${hash}`;
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
  return { execution, project: document.name };
}

/** Cancels unfinished executions of other sources of the project, and withdraws what they asked for. */
async function giveUpOthers(ctx: ProjectContext, project: string, key: string): Promise<void> {
  const rows = await ctx.db.query
    .selectFrom('execution')
    .select('id')
    .where('workflow', '=', APPLY)
    .where('project', '=', project)
    .where('key', '!=', key)
    .where('state', 'in', ['queued', 'running', 'waiting'])
    .execute();
  for (const { id } of rows) {
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
}
