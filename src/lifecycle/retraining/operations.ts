import { z } from 'zod';
import type { Engine } from '../../engine/engine.ts';
import { TendError } from '../../kernel/error.ts';
import { type AnyOperation, defineOperation } from '../../kernel/operation.ts';
import type { Principal } from '../../kernel/policy.ts';
import type { Database } from '../../store/database.ts';
import type { LifecycleContext } from '../stage-scope.ts';
import {
  type Candidate,
  findRetraining,
  listCandidates,
  listRetrainings,
  type Retraining,
} from './retraining-store.ts';

/** What the operations of retraining need. */
export interface RetrainingContext extends Pick<LifecycleContext, 'db' | 'clock' | 'random'> {
  readonly principal: Principal;
  readonly engine: Engine;
}

const interval = z.object({
  value: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
});

const candidateView = z
  .object({
    id: z.string(),
    project: z.string(),
    retraining: z.string(),
    window: z.string().describe('The history that it was trained on, such as 1 month.'),
    model: z.string(),
    version: z.int().nullable(),
    release: z.string().nullable(),
    state: z.enum(['training', 'judged', 'canary', 'promoted', 'refused', 'rolled-back', 'failed']),
    reason: z.string(),
    evidence: z.array(z.string()),
    comparison: z
      .object({
        metric: z.string(),
        rows: z.int(),
        champion: z.int(),
        figure: interval,
        difference: interval.describe('Candidate minus champion, 95 %.'),
        verdict: z.enum(['better', 'worse', 'open']),
      })
      .nullable(),
    at: z.int().describe('Project clock, milliseconds UTC.'),
  })
  .meta({ id: 'Candidate' });

const retrainingView = z
  .object({
    id: z.string(),
    project: z.string(),
    trigger: z.string(),
    incident: z.string().nullable(),
    at: z.int().describe('Project clock, milliseconds UTC.'),
    state: z.enum(['running', 'refused', 'promoted', 'kept', 'rolled-back', 'failed']),
    reason: z.string(),
    champion: z.int().nullable().describe('The version that candidates were held against.'),
    promoted: z.int().nullable(),
    promotedAt: z.int().nullable(),
    looks: z.array(
      z.object({
        at: z.int(),
        rows: z.int(),
        metric: z.string(),
        difference: interval.describe('New version minus the one before, 95 %, on the same live rows.'),
        verdict: z.enum(['helped', 'harmed', 'open', 'superseded']),
        evidence: z.string(),
      }),
    ),
    execution: z.string().nullable(),
  })
  .meta({ id: 'Retraining' });

const project = z.string().max(63);

const list = defineOperation({
  name: 'retrainings.list',
  summary: 'Lists the retrainings of a project, newest first, with what came of each',
  method: 'GET',
  path: '/projects/{project}/retrainings',
  input: z.object({ project }),
  output: z.object({ items: z.array(retrainingView) }),
  errors: ['NOT_FOUND'],
  permission: 'model.read',
  audit: 'none',
  cli: {
    command: 'retrainings list',
    positional: ['project'],
    example: 'tend retrainings list flight-delay',
  },
  handler: async ({ db }: RetrainingContext, input) => {
    await assertProject(db, input.project);
    return { items: (await listRetrainings(db, input.project)).map(viewOf) };
  },
});

const show = defineOperation({
  name: 'retrainings.show',
  summary: 'Shows a retraining with its candidates',
  method: 'GET',
  path: '/retrainings/{id}',
  input: z.object({ id: z.string().max(64) }),
  output: z.object({ retraining: retrainingView, candidates: z.array(candidateView) }),
  errors: ['NOT_FOUND'],
  permission: 'model.read',
  audit: 'none',
  cli: { command: 'retrainings show', positional: ['id'], example: 'tend retrainings show ret_…' },
  handler: async ({ db }: RetrainingContext, { id }) => {
    const found = await findRetraining(db, id);
    if (found === undefined) throw new TendError('NOT_FOUND', `there is no retraining ${id}`);
    const candidates = await listCandidates(db, found.project, id);
    return { retraining: viewOf(found), candidates: candidates.map(candidateViewOf) };
  },
});

const candidates = defineOperation({
  name: 'candidates.list',
  summary: 'Lists the candidates of a project, promoted, refused or on their way, with the reasons',
  method: 'GET',
  path: '/projects/{project}/candidates',
  input: z.object({ project }),
  output: z.object({ items: z.array(candidateView) }),
  errors: ['NOT_FOUND'],
  permission: 'model.read',
  audit: 'none',
  cli: {
    command: 'models candidates',
    positional: ['project'],
    example: 'tend models candidates flight-delay',
  },
  handler: async ({ db }: RetrainingContext, input) => {
    await assertProject(db, input.project);
    return { items: (await listCandidates(db, input.project)).map(candidateViewOf) };
  },
});

const start = defineOperation({
  name: 'retrainings.start',
  summary: 'Trains candidates on the history up to now; one that is proved better takes over',
  method: 'POST',
  path: '/projects/{project}/retrainings',
  input: z.object({
    project,
    force: z.boolean().default(false).describe('Neither cool-down nor limit hold.'),
  }),
  output: z.object({ retraining: z.string(), execution: z.string() }),
  errors: ['NOT_FOUND', 'CONFLICT'],
  permission: 'model.write',
  audit: 'ledger',
  cli: { command: 'models retrain', positional: ['project'], example: 'tend models retrain flight-delay' },
  handler: async (ctx: RetrainingContext, input) => {
    const { startRetraining } = await import('./start-retraining.ts');
    const at = await clockOf(ctx, input.project);
    const { principal } = ctx;
    const started = await startRetraining(ctx, { ...input, trigger: 'request', actor: principal.id, at });
    if (started.kind === 'limited') {
      throw new TendError('CONFLICT', `no retraining was started: ${started.reason}`, {
        hint: 'Wait, or ask with --force where it is a limit or a cool-down.',
      });
    }
    return { retraining: started.retraining, execution: started.execution };
  },
});

/** Retrainings and their candidates. */
export const retrainingOperations: readonly AnyOperation<RetrainingContext>[] = [
  list,
  show,
  candidates,
  start,
];

async function assertProject(db: Database, name: string): Promise<void> {
  const row = await db.query.selectFrom('project').select('name').where('name', '=', name).executeTakeFirst();
  if (row === undefined) throw new TendError('NOT_FOUND', `there is no project ${name}`);
}

/** The project clock: as far as a replay has come, else wall time. */
async function clockOf({ db, clock }: RetrainingContext, name: string): Promise<number> {
  const row = await db.query
    .selectFrom('project')
    .leftJoin('project_clock', 'project_clock.project', 'project.name')
    .leftJoin('project_revision', (join) =>
      join
        .onRef('project_revision.project', '=', 'project.name')
        .onRef('project_revision.hash', '=', 'project.spec_hash'),
    )
    .select(['project_clock.at', 'project_revision.clock'])
    .where('project.name', '=', name)
    .executeTakeFirst();
  return row?.at ?? row?.clock ?? clock.now();
}

function viewOf(one: Retraining): z.output<typeof retrainingView> {
  const { id, trigger, at, state, reason, champion, promoted } = one;
  return {
    id,
    project: one.project,
    trigger,
    incident: one.incidentId,
    at,
    state,
    reason,
    champion,
    promoted,
    promotedAt: one.promotion?.promotedAt ?? null,
    looks: one.looks.map(({ at: seen, rows, metric, difference, verdict, evidence }) => ({
      at: seen,
      rows,
      metric,
      difference,
      verdict,
      evidence,
    })),
    execution: one.executionId,
  };
}

function candidateViewOf(one: Candidate): z.output<typeof candidateView> {
  const { id, window, model, version, state, reason, evidence, at } = one;
  const { comparison = null } = one.body as { readonly comparison?: unknown };
  return {
    id,
    project: one.project,
    retraining: one.retrainingId,
    window,
    model,
    version,
    release: one.releaseHash,
    state,
    reason,
    evidence: [...evidence],
    comparison: comparison as z.output<typeof candidateView>['comparison'],
    at,
  };
}
