import { z } from 'zod';

/** Name under which the engine knows an exit. */
export const EXIT = 'exit';

/** What an execution of `exit` is given. */
export const exitRequest = z.object({
  kind: z.enum(['version', 'endpoint', 'project']),
  /** `model@2`, or the name of the endpoint or project. */
  name: z.string(),
  /** What takes its place, named in the same way; null for nothing. */
  successor: z.string().nullable(),
  reason: z.string(),
  /** Id of the principal that asked for it. */
  actor: z.string(),
});
export type ExitRequest = z.output<typeof exitRequest>;
