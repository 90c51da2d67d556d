import type { Stage } from '../kernel/verdict.ts';

const NOT_YET = 'it has not run yet';

/** What the board says of a stage that has not run: most wait for those before them, two for an occasion. */
export const NOT_RUN: Readonly<Record<Stage, string>> = {
  problem: NOT_YET,
  data: NOT_YET,
  training: NOT_YET,
  evaluation: NOT_YET,
  testing: NOT_YET,
  deployment: NOT_YET,
  monitoring: 'it is armed when a version answers',
  retraining: 'nothing has set one off yet',
  governance: 'its documents are written when a version answers',
  decommissioning: 'nothing was retired yet',
};
