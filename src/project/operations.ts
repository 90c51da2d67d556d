import { z } from 'zod';
import { type AnyOperation, defineOperation } from '../kernel/operation.ts';
import { STAGES } from '../kernel/verdict.ts';
import { exportLedger } from '../store/ledger.ts';
import { applyView } from './apply-view.ts';
import { documentMistakes } from './document/read-document.ts';
import { inbox, inboxView } from './inbox.ts';
import { planView } from './plan-view.ts';
import type { ProjectContext } from './project-context.ts';
import { projectSource } from './project-files.ts';
import { serverView, showServer } from './server-view.ts';
import { evidenceDetail, evidenceView, stageDetail, stageView, status, statusView } from './status.ts';
import { changeItem, watchChanges } from './watch-changes.ts';
import { executionItem, watchExecution } from './watch-execution.ts';

const mistakesView = z.object({
  mistakes: z.array(
    z.object({ path: z.string(), line: z.int(), column: z.int(), message: z.string(), frame: z.string() }),
  ),
});

/** What can be done with projects as a whole; `main` joins it with the stages' own operations. */
export const projectOperations: readonly AnyOperation<ProjectContext>[] = [
  defineOperation({
    name: 'status.show',
    summary: 'Shows every project with its ten stages, their verdicts and evidence',
    method: 'GET',
    path: '/status',
    input: z.object({}),
    output: statusView,
    errors: [],
    permission: 'project.read',
    audit: 'none',
    cli: { command: 'status', example: 'tend status --json' },
    handler: (ctx: ProjectContext) => status(ctx.db),
  }),
  defineOperation({
    name: 'stages.show',
    summary: 'Shows one stage of a project with its evidence',
    method: 'GET',
    path: '/projects/{project}/stages/{stage}',
    input: z.object({ project: z.string().max(63), stage: z.enum(STAGES) }),
    output: stageView,
    errors: ['NOT_FOUND'],
    permission: 'project.read',
    audit: 'none',
    handler: (ctx: ProjectContext, input) => stageDetail(ctx.db, input),
  }),
  defineOperation({
    name: 'evidence.show',
    summary: 'Shows a piece of evidence whole',
    method: 'GET',
    path: '/evidence/{id}',
    input: z.object({ id: z.string().max(100) }),
    output: evidenceView,
    errors: ['NOT_FOUND'],
    permission: 'project.read',
    audit: 'none',
    handler: (ctx: ProjectContext, input) => evidenceDetail(ctx.db, input.id),
  }),
  defineOperation({
    name: 'inbox.list',
    summary: 'Lists what needs a person, with what to do',
    method: 'GET',
    path: '/inbox',
    input: z.object({}),
    output: inboxView,
    errors: [],
    permission: 'project.read',
    audit: 'none',
    handler: (ctx: ProjectContext) => inbox(ctx.db),
  }),
  defineOperation({
    name: 'changes.watch',
    summary: 'Streams verdicts and progress of all projects as they change',
    method: 'GET',
    path: '/changes',
    input: z.object({}),
    output: changeItem,
    errors: [],
    permission: 'project.read',
    audit: 'none',
    stream: true,
    handler: (ctx: ProjectContext) => watchChanges(ctx),
  }),
  defineOperation({
    name: 'server.show',
    summary: 'Shows the server itself: version, data plane, who is asking',
    method: 'GET',
    path: '/server',
    input: z.object({}),
    output: serverView,
    errors: [],
    permission: 'public',
    audit: 'none',
    handler: (ctx: ProjectContext) => showServer(ctx),
  }),
  defineOperation({
    name: 'projects.validate',
    summary: 'Lists every mistake of a tend.yaml',
    method: 'POST',
    path: '/projects/validate',
    input: projectSource.pick({ yaml: true }),
    output: mistakesView,
    errors: [],
    permission: 'project.read',
    audit: 'none',
    handler: async (_ctx: ProjectContext, input) => ({ mistakes: [...documentMistakes(input.yaml)] }),
  }),
  defineOperation({
    name: 'projects.plan',
    summary: 'Says what applying a source would do, before anything runs',
    method: 'POST',
    path: '/projects/plan',
    input: projectSource,
    output: planView,
    errors: ['SPEC_INVALID', 'SOURCE_UNREADABLE'],
    permission: 'project.write',
    audit: 'none',
    handler: async (ctx: ProjectContext, input) => (await import('./plan.ts')).plan(ctx, input),
  }),
  defineOperation({
    name: 'projects.apply',
    summary: 'Starts carrying out a source, or goes on with it',
    method: 'POST',
    path: '/projects/apply',
    input: projectSource.extend({ planHash: z.string().max(64).exactOptional() }),
    output: applyView,
    errors: ['SPEC_INVALID', 'STALE_PLAN'],
    permission: 'project.write',
    audit: 'ledger',
    handler: async (ctx: ProjectContext, input) => {
      const { startApply } = await import('./apply.ts');
      const started = await startApply(ctx, input);
      // Carried out beside this request; how it ends is on disk, and the server takes up what a fault leaves.
      void ctx.engine.run(started.execution).catch(() => undefined);
      return started;
    },
  }),
  defineOperation({
    name: 'executions.watch',
    summary: 'Streams the progress of an execution until it ends or waits',
    method: 'GET',
    path: '/executions/{id}/events',
    input: z.object({ id: z.string().max(100) }),
    output: executionItem,
    errors: ['NOT_FOUND'],
    permission: 'project.read',
    audit: 'none',
    stream: true,
    handler: (ctx: ProjectContext, input) => watchExecution(ctx, input.id),
  }),
  defineOperation({
    name: 'ledger.export',
    summary: 'Streams the ledger as JSON lines that can be verified anywhere',
    method: 'GET',
    path: '/ledger/export',
    input: z.object({}),
    output: z.object({ line: z.string() }),
    errors: [],
    permission: 'ledger.read',
    audit: 'none',
    stream: true,
    handler: async function* (ctx: ProjectContext) {
      for await (const line of exportLedger(ctx.db)) yield { line };
    },
  }),
];
