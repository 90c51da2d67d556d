/** The types of event that retraining writes to the outbox. */
export const RETRAINING_EVENTS = [
  'retraining.run.started',
  'retraining.candidate.refused',
  'retraining.candidate.promoted',
  'retraining.effect.kept',
  'retraining.effect.rolled-back',
] as const;
