import { z } from 'zod';
import { durationText } from '../../kernel/schema.ts';

/** The `retraining` part of tend.yaml: what sets one off, from which windows, how often at most. */
export const retrainingSpec = z.strictObject({
  when: z.array(z.string().min(1)).min(1).describe('drift, a live criterion, or daily, weekly, monthly.'),
  windows: z
    .array(
      z.union([z.literal('all'), z.string().regex(/^\d+ (day|week|month)s?$/, 'expected all, or 1 month')]),
    )
    .min(1)
    .exactOptional(),
  search: z.enum(['reuse', 'again']).exactOptional(),
  promote: z.enum(['if_better', 'never']).exactOptional(),
  cooldown: durationText.exactOptional(),
  limit: z
    .string()
    .regex(/^\d+\/(day|week|month)$/, 'expected a limit such as 2/month')
    .exactOptional(),
});

export type RetrainingSpec = z.output<typeof retrainingSpec>;
