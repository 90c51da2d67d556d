import { z } from 'zod';
import { nameText } from '../../kernel/schema.ts';
import { FRAMEWORKS } from './framework/framework.ts';

/**
 * Who has to agree before a gate opens. `by` names a role or an account; `not: author` keeps duties apart.
 */
const approvalSpec = z.strictObject({
  by: nameText,
  not: z.literal('author').exactOptional(),
});

/** The `governance` part of tend.yaml: who agrees, and against which frameworks evidence is held. */
export const governanceSpec = z.strictObject({
  approve: z.strictObject({ production: approvalSpec.exactOptional() }).exactOptional(),
  frameworks: z
    .array(z.enum(FRAMEWORKS))
    .exactOptional()
    .describe('Frameworks whose outcomes are listed with the evidence that speaks to them.'),
});

export type GovernanceSpec = z.output<typeof governanceSpec>;
