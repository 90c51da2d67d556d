import { z } from 'zod';
import { STAGES } from '../kernel/verdict.ts';

/** One thing that applying would do. */
export const plannedChange = z.object({
  action: z.enum(['create', 'change', 'replace', 'remove', 'traffic', 'approval']),
  stage: z.enum(STAGES),
  subject: z.string(),
  reason: z.string(),
});
export type PlannedChange = z.output<typeof plannedChange>;

/** Whether a stage would run, and why. */
export const plannedStage = z.object({ stage: z.enum(STAGES), run: z.boolean(), reason: z.string() });
export type PlannedStage = z.output<typeof plannedStage>;

/** What `plan` says: changes, which stages run, and the hash by which exactly this plan can be applied. */
export const planView = z
  .object({
    project: z.string(),
    specHash: z.string(),
    changes: z.array(plannedChange),
    stages: z.array(plannedStage),
    hash: z.string().describe('`apply --plan` carries out exactly this plan or is refused.'),
  })
  .meta({ id: 'Plan' });
export type Plan = z.output<typeof planView>;
