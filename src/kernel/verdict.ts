/** The ten stages, in the order of a model's life. */
export const STAGES = [
  'problem',
  'data',
  'training',
  'evaluation',
  'testing',
  'deployment',
  'monitoring',
  'retraining',
  'governance',
  'decommissioning',
] as const;
export type Stage = (typeof STAGES)[number];

/** What a stage can say of itself. `none`: it has not run; the reason says why. */
export const VERDICTS = ['pass', 'fail', 'waiting', 'running', 'skipped', 'stale', 'none'] as const;
export type Verdict = (typeof VERDICTS)[number];
