import { z } from 'zod';
import { TendError } from '../kernel/error.ts';
import { STAGES, type Stage, VERDICTS } from '../kernel/verdict.ts';
import { findEvidence, listEvidence } from '../store/evidence.ts';
import type { Database } from '../store/database.ts';
import { NOT_RUN } from './not-run.ts';
import { type StoredResult, stageResults } from './stage-result.ts';

const evidenceBrief = z.object({
  id: z.string(),
  kind: z.string(),
  subject: z.string().describe('Content hash of what it is about.'),
  hash: z.string(),
  title: z.string(),
  verdict: z.enum(['pass', 'fail', 'info']),
});

const stageStatus = z.object({
  stage: z.enum(STAGES),
  verdict: z.enum(VERDICTS),
  reason: z.string(),
  evidence: z.array(evidenceBrief),
});

/** All projects with their ten stages: the board, and `tend status`. */
export const statusView = z
  .object({
    projects: z.array(
      z.object({
        name: z.string(),
        owner: z.string(),
        kind: z.string(),
        statement: z.string(),
        stages: z.array(stageStatus).describe('Always ten, in the order of the life.'),
      }),
    ),
  })
  .meta({ id: 'Status' });
export type Status = z.output<typeof statusView>;

/** A piece of evidence whole. */
export const evidenceView = z
  .object({
    id: z.string(),
    project: z.string(),
    stage: z.enum(STAGES),
    kind: z.string(),
    subject: z.string(),
    verdict: z.enum(['pass', 'fail', 'info']),
    title: z.string(),
    body: z.json(),
    hash: z.string(),
    createdAt: z.int(),
  })
  .meta({ id: 'Evidence' });

/** One stage of one project with its evidence. */
export const stageView = z
  .object({
    project: z.string(),
    stage: z.enum(STAGES),
    verdict: z.enum(VERDICTS),
    reason: z.string(),
    updatedAt: z.int().nullable(),
    evidence: z.array(evidenceView),
  })
  .meta({ id: 'StageDetail' });

/** What each project's stages say now, oldest project first. */
export async function status(db: Database): Promise<Status> {
  const rows = await db.query
    .selectFrom('project')
    .selectAll()
    .orderBy('created_at')
    .orderBy('name')
    .execute();
  const projects = [];
  for (const { name, owner, kind, statement } of rows) {
    const results = await stageResults(db, name);
    const ids = [...results.values()].flatMap((result) => result.evidence);
    const evidence = new Map((await listEvidence(db, ids)).map((one) => [one.id, one]));
    const stages = STAGES.map((stage) => {
      const { verdict, reason, evidence: own } = resultOf(results, stage);
      const briefs = own.flatMap((id) => {
        const one = evidence.get(id);
        if (one === undefined) return [];
        return [
          {
            id,
            kind: one.kind,
            subject: one.subject,
            hash: one.hash,
            title: one.title,
            verdict: one.verdict,
          },
        ];
      });
      return { stage, verdict, reason, evidence: briefs };
    });
    projects.push({ name, owner, kind, statement, stages });
  }
  return { projects };
}

function resultOf(results: ReadonlyMap<Stage, StoredResult>, stage: Stage) {
  const found = results.get(stage);
  if (found !== undefined) return found;
  const reason = NOT_RUN[stage];
  return { verdict: 'none' as const, reason, evidence: [] as readonly string[], updatedAt: null };
}

/** One stage whole. @throws NOT_FOUND for an unknown project. */
export async function stageDetail(
  db: Database,
  input: { readonly project: string; readonly stage: Stage },
): Promise<z.output<typeof stageView>> {
  const project = await db.query
    .selectFrom('project')
    .select('name')
    .where('name', '=', input.project)
    .executeTakeFirst();
  if (project === undefined) throw new TendError('NOT_FOUND', `there is no project ${input.project}`);
  const result = resultOf(await stageResults(db, input.project), input.stage);
  const evidence = await listEvidence(db, result.evidence);
  const { verdict, reason, updatedAt } = result;
  return {
    project: input.project,
    stage: input.stage,
    verdict,
    reason,
    updatedAt,
    evidence: evidence.map(({ executionId: _executionId, ...one }) => one) as z.output<typeof evidenceView>[],
  };
}

/** A piece of evidence. @throws NOT_FOUND. */
export async function evidenceDetail(db: Database, id: string): Promise<z.output<typeof evidenceView>> {
  const found = await findEvidence(db, id);
  if (found === undefined) throw new TendError('NOT_FOUND', `there is no evidence ${id}`);
  const { executionId: _executionId, ...one } = found;
  return one as z.output<typeof evidenceView>;
}
