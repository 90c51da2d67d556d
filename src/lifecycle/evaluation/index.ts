/**
 * Evaluation: how good a model is on rows that it has not seen, where, and better than what.
 *
 * Scores come from the served file, not from the trainer's model. Every figure has an interval;
 * criteria on test rows are judged here; the baseline and the champion are measured on the same rows; slices
 * and explanations show where and why.
 */
export type { EvaluationInputs, EvaluationOutputs } from './evaluation-inputs.ts';
export { intervalJson } from './interval-json.ts';
export { headMetric } from './measure.ts';
export { readManifest } from './read-manifest.ts';
export { sliceColumn } from './slice-columns.ts';
export { evaluationKey, evaluationKeyOfChampion, runEvaluation } from './stage.ts';
