/**
 * Problem: the question, who it is for, and when an answer is good enough.
 *
 * A criterion is declared here once, with an id; gates, monitors, guards and the model card refer to it. It
 * is judged in one place: by evaluation on held-out outcomes, by testing in the real serving process, or by
 * monitoring on live traffic.
 */
export { parseBound, resolveBound } from './bound.ts';
export { type Criterion, judgedBy } from './criterion.ts';
export { describeJudgement, judge, judgementsJson } from './judgement.ts';
export { problemKey, runProblem } from './stage.ts';
