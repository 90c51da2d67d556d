import type { Stage } from '../api/answer.ts';

/** Titles of the ten stages, in the order of a model's life. The type asks for each of them. */
export const STAGE_TITLES: Readonly<Record<Stage, string>> = {
  problem: 'Problem',
  data: 'Data',
  training: 'Training',
  evaluation: 'Evaluation',
  testing: 'Testing',
  deployment: 'Deployment',
  monitoring: 'Monitoring',
  retraining: 'Retraining',
  governance: 'Governance',
  decommissioning: 'Decommissioning',
};

/** The same order as a list. */
export const STAGE_ORDER = Object.keys(STAGE_TITLES) as readonly Stage[]; // the keys of the record above
