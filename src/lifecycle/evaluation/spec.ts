import { z } from 'zod';
import { columnText } from '../../kernel/schema.ts';

/** The `evaluation` part of tend.yaml. */
export const evaluationSpec = z.strictObject({
  slices: z.array(columnText).exactOptional().describe('Features by whose values the metrics are repeated.'),
  compare: z.literal('champion').exactOptional(),
});
