/**
 * Training: from examples to a registered model version.
 *
 * A seeded search over a declared number of trials runs in worker threads, batch by batch as durable steps;
 * the trial with the least validation loss is kept, exported as ONNX and compared with the trained model
 * before it becomes a version. The run records parameters, learning curve, data version, code state and
 * environment. Runs, models, versions and aliases live here; deployment alone moves aliases.
 */
export { decodeNativeModel, type NativeModel } from './model-file.ts';
export { modelMatrix } from './model-matrix.ts';
export { aliasedVersion, type ModelVersion, moveAlias } from './registry-store.ts';
export { isGated, setFreeAlias } from './registry/alias-store.ts';
export { readModel, readVersion } from './registry/read-registry.ts';
export { CHAMPION, type RegisteredVersion, type VersionStage } from './registry/registered-model.ts';
export { registryEvent } from './registry/registry-event.ts';
export { moveStage } from './registry/version-store.ts';
export { readRun } from './read-run.ts';
export { loadSplit } from './load-split.ts';
export { nativeScores, openRelease } from './open-release.ts';
export { scoreExamples } from './score-examples.ts';
export { runTraining, searchModel, trainingKey } from './stage.ts';
export type { TrainingInputs, TrainingOutputs } from './training-inputs.ts';
export {
  type Fragment,
  integerFragment,
  numberFragment,
  type NumberTest,
  type TextTest,
  textFragment,
} from './tracking/comparison.ts';
export { activeExperimentRow } from './tracking/experiment-store.ts';
export { activeRunInfo } from './tracking/run-store.ts';
export { chainOf, hexId, type KeyValue, type TrackingContext } from './tracking/tracking-context.ts';
