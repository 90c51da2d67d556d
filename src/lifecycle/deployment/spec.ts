import { z } from 'zod';
import { durationText, nameText, percentText } from '../../kernel/schema.ts';

/** A rollout in steps: shares of traffic for the candidate, each held for a number of its own predictions. */
export const canarySpec = z.strictObject({
  canary: z.array(percentText).min(1).max(20),
  bake: z.string().regex(/^\d+ predictions$/, 'expected a count such as 2000 predictions'),
  bake_within: durationText.exactOptional().describe('Fewer predictions by then: inconclusive, not passed.'),
  guard: z.array(nameText).exactOptional().describe('Criteria that must hold on the candidate at each step.'),
});

/** The `deployment` part of tend.yaml. */
export const deploymentSpec = z.strictObject({
  endpoint: nameText,
  rollout: z.union([z.literal('all-at-once'), canarySpec]),
  workers: z.int().min(1).max(64).exactOptional(),
});

export type DeploymentSpec = z.output<typeof deploymentSpec>;
export type CanarySpec = z.output<typeof canarySpec>;
