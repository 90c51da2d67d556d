import { z } from 'zod';
import { nameText } from '../../kernel/schema.ts';

/**
 * Who has to agree before a gate opens. `by` names a role or an account; `not: author` keeps duties apart.
 */
const approvalSpec = z.strictObject({
  by: nameText,
  not: z.literal('author').exactOptional(),
});

/** The `governance` part of tend.yaml. Approvals hold from the first deployment on; the rest is stored. */
export const governanceSpec = z.strictObject({
  approve: z.strictObject({ production: approvalSpec.exactOptional() }).exactOptional(),
  frameworks: z.array(z.string().min(1)).exactOptional(),
});
