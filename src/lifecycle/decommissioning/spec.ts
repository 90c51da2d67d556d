import { z } from 'zod';
import { durationText } from '../../kernel/schema.ts';

/** The `decommissioning` part of tend.yaml. */
export const decommissioningSpec = z.strictObject({
  archive: z
    .boolean()
    .exactOptional()
    .describe('False: nothing is put away before it is erased. True unless given.'),
  keep_predictions: durationText
    .exactOptional()
    .describe(
      'Predictions of what was retired are kept so long, on the project clock; for good unless given.',
    ),
});

export type DecommissioningSpec = z.output<typeof decommissioningSpec>;
