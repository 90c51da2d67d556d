/**
 * Data: from declared sources to an immutable dataset version and the features of a model.
 *
 * A source is read partition by partition, each checked against its contract; what breaks a rule is set aside
 * with its reason, what is left becomes a content-addressed Parquet file, and the accepted partitions make a
 * version. Features have a request part, computed row by row from the fields of a request, and feature
 * tables, computed at the refresh boundaries of the project clock from what had arrived by then. Training
 * reads both through `loadExamples`, serving through the release; the definitions are the same.
 */
export { type Examples, examplesWithin, loadExamples, takeExamples } from './examples.ts';
export type { DataSpec, SplitSpec } from './spec.ts';
export {
  type SplitBounds,
  type SplitExamples,
  splitBounds,
  splitExamples,
  splitSpan,
  windowBounds,
} from './split.ts';
export {
  type DataInputs,
  type DataOutputs,
  dataKey,
  declaredFile,
  requirementsOf,
  runData,
} from './stage.ts';
export { publishTables } from './publish-tables.ts';
export { storeRows } from './ingest-partition.ts';
export { historyName, liveData } from './live-data.ts';
export { type LiveTables, openLiveTables } from './live-tables.ts';
export type { Received, ReceivedRow } from './received-row.ts';
export type { SealedHistory } from './live-boundaries.ts';
export type { CompiledFeatures } from './feature-definition.ts';
