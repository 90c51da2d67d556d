import { z } from 'zod';
import { columnText, durationText, nameText } from '../../kernel/schema.ts';

/** The `monitoring` part of tend.yaml. Checked and stored; carried out once monitoring is. */
export const monitoringSpec = z.strictObject({
  drift: z
    .strictObject({
      test: z.enum(['psi', 'ks', 'js']),
      alert_at: z.number().gt(0),
      over: durationText.exactOptional(),
    })
    .exactOptional(),
  outcomes: z.strictObject({ key: columnText }).exactOptional(),
  watch: z.array(nameText).exactOptional().describe('Live criteria that open an incident.'),
});
