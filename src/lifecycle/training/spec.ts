import { z } from 'zod';

/** Searches stop by count, never by time, so the same inputs give the same model on any machine. */
export const TRIALS_MAX = 500;
export const ROUNDS_MAX = 10_000;

/** The `training` part of tend.yaml. */
export const trainingSpec = z.strictObject({
  engine: z.literal('builtin'),
  trials: z.int().min(1).max(TRIALS_MAX).describe('Configurations that the search tries.'),
  rounds: z.int().min(1).max(ROUNDS_MAX).describe('Boosting rounds at most; early stopping may end sooner.'),
  seed: z
    .int()
    .min(0)
    .max(2 ** 31 - 1),
});

export type TrainingSpec = z.output<typeof trainingSpec>;
