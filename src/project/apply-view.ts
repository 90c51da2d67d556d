import { z } from 'zod';

/** The execution that carries a project out. */
export const applyView = z.object({ execution: z.string(), project: z.string() });
export type ApplyStarted = z.output<typeof applyView>;
