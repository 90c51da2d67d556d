import { z } from 'zod';
import { durationText, filePath, percentText } from '../../kernel/schema.ts';

const bound = z.strictObject({ at_most: z.number().exactOptional(), at_least: z.number().exactOptional() });

/** The `testing` part of tend.yaml: what the eight kinds of test are held to. Each has a default. */
export const testingSpec = z.strictObject({
  unit: z
    .strictObject({
      cases: filePath.exactOptional().describe('Known answers: a YAML list of request and expect.'),
    })
    .exactOptional(),
  coverage: z.strictObject({ at_least: percentText }).exactOptional(),
  performance: z.strictObject({ p99_at_most: durationText }).exactOptional(),
  load: z
    .strictObject({
      rate: z.string().regex(/^\d+\/s$/, 'expected requests per second, such as 300/s'),
      for: durationText,
      errors_at_most: percentText.exactOptional(),
    })
    .exactOptional(),
  privacy: z.strictObject({ membership_auc: bound }).exactOptional(),
});

export type TestingSpec = z.output<typeof testingSpec>;
