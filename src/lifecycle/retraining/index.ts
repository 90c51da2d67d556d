/**
 * Retraining: from a reason to train again to a version that is proved to be better, or to a refusal.
 *
 * An incident, the calendar or a person sets it off, within cool-down and limit, which count retrainings on
 * the project clock. One candidate is trained for each declared window of history; each goes through
 * evaluation, testing and the gate and is held against the champion on rows that none has seen. The best
 * that is proved better takes over by canary, under the approval of its unchanged document; what it brought
 * is measured on live rows afterwards, and taken back where it brought nothing. Rows: `retraining` and
 * `candidate`.
 */
export { askAgain } from './ask-again.ts';
export { dueEffects } from './due-effects.ts';
export { dueRetraining } from './due-retraining.ts';
export { failRetraining } from './fail-retraining.ts';
export { type LoggedWindow, measureEffect } from './measure-effect.ts';
export type { CandidateStages, RetrainingInputs } from './retraining-inputs.ts';
export { findRetraining, type Retraining } from './retraining-store.ts';
export { type RetrainingEnd, runRetraining } from './stage.ts';
export { resumeRetrainings, RETRAIN, startRetraining } from './start-retraining.ts';
