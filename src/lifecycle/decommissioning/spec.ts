import { z } from 'zod';
import { durationText } from '../../kernel/schema.ts';

/** The `decommissioning` part of tend.yaml. Checked and stored; carried out once decommissioning is. */
export const decommissioningSpec = z.strictObject({
  archive: z.boolean().exactOptional(),
  keep_predictions: durationText.exactOptional(),
});
