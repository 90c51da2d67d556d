import type { Stage } from '../kernel/verdict.ts';

/** Stages whose parts of tend.yaml are checked and stored, and not carried out in this version. */
export const LATER_STAGES: readonly Stage[] = ['monitoring', 'retraining', 'governance', 'decommissioning'];

/** What such a stage says instead of a verdict. */
export const LATER_STAGE_REASON = 'declared and stored; this version of Tend does not carry it out yet';
