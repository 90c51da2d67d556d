import { z } from 'zod';
import { columnText, durationText } from '../../kernel/schema.ts';
import { criterionSpec } from './criterion.ts';

const sentence = z.string().min(3, 'expected a sentence').max(2_000);

/**
 * The `problem` part of tend.yaml: what is asked, by whom, at what risk, and when the answer is good
 * enough.
 */
export const problemSpec = z.strictObject({
  statement: sentence.describe('The question the model answers, in one sentence.'),
  stakeholders: z
    .record(z.string(), z.string())
    .refine((people) => Object.keys(people).length > 0, { message: 'expected at least one stakeholder' })
    .describe('Who owns, uses and feeds it: role: name.'),
  objective: sentence.describe('What gets better when the answer is good.'),
  risk: z.strictObject({
    level: z.enum(['minimal', 'limited', 'high']),
    reason: sentence,
  }),
  baseline: z
    .strictObject({ score: columnText.exactOptional(), constant: z.enum(['mean', 'prior']).exactOptional() })
    .refine((baseline) => (baseline.score === undefined) !== (baseline.constant === undefined), {
      message: 'expected exactly one of score (a feature) and constant',
    })
    .describe('The simple answer that the model has to beat.'),
  criteria: z.array(criterionSpec).min(1, 'expected at least one measurable criterion'),
  requires: z
    .strictObject({
      rows: z.int().min(1).exactOptional(),
      columns: z.array(columnText).exactOptional(),
      fresh_within: durationText.exactOptional(),
    })
    .exactOptional()
    .describe('What the data must be, before any is seen.'),
});

export type ProblemSpec = z.output<typeof problemSpec>;
