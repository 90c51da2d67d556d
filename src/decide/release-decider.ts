import { type FieldError, TendError } from '../kernel/error.ts';
import { checkExpression } from './expression/check-expression.ts';
import { rowReader } from './expression/compile-row.ts';
import { batchFeeds } from './model-feeds.ts';
import { loadOnnx, type OnnxDecider } from './onnx/load-onnx.ts';
import { instanceReader } from './read-instance.ts';
import type { ReleaseManifest } from './release.ts';

/**
 * Port: the row of a feature table for a key at a moment, numbers in the order of the table's columns (NaN is
 * missing), or null when there is none.
 */
export type TableLookup = (
  table: string,
  key: readonly (number | string)[],
  eventTimeMs: number,
) => Float64Array | null;

/** One instance, checked, with its features: what a micro-batch is made of and what is logged. */
export interface PreparedInstance {
  readonly eventTimeMs: number;
  /** Model inputs in the order of the manifest. Missing is null. */
  readonly inputs: readonly (number | string | null)[];
  /** Values of the features in the order of the manifest; times in milliseconds, booleans 0 and 1. */
  readonly features: readonly (number | string | null)[];
}

/** A release ready to decide. Everything is compiled; nothing is awaited. */
export interface ReleaseDecider {
  readonly manifest: ReleaseManifest;
  readonly model: OnnxDecider;
  /** The output of the model that carries the decision. */
  readonly output: string;
  /**
   * Checks one instance and computes its features.
   * @param eventTimeMs from the request, or its arrival; a declared event time of the instance wins
   * @param path where the instance stands in the request, dotted; empty for the whole body
   * @throws INVALID_INPUT with every mistake at its path
   */
  readonly prepare: (instance: unknown, eventTimeMs: number, path?: string) => PreparedInstance;
  /** Scores of a micro-batch in its order, length n: probabilities of the target, or values. */
  readonly decide: (batch: readonly PreparedInstance[]) => Float32Array;
}

type Values = (number | string | null)[];

/**
 * Compiles a release from its manifest and the bytes of its model.
 * @throws INVALID_INPUT where the model does not take the inputs or give the output that the manifest says
 */
export function compileRelease(input: {
  readonly manifest: ReleaseManifest;
  readonly modelBytes: Uint8Array;
  readonly lookup: TableLookup;
}): ReleaseDecider {
  const { manifest, lookup } = input;
  const model = loadOnnx(input.modelBytes);
  const feeds = batchFeeds(manifest.inputs, model);
  const output = outputName(manifest, model);
  const read = instanceReader(manifest.fields);
  const compute = featureComputer(manifest);
  const eventTimeOf = eventTimeReader(manifest);
  const gather = inputGatherer(manifest, lookup);
  return {
    manifest,
    model,
    output,
    prepare: (instance, eventTimeMs, path = '') => {
      const errors: FieldError[] = [];
      const fields = read(instance, path, errors);
      if (errors.length > 0) throw refused(errors);
      const features = compute(fields);
      const at = eventTimeOf(features, fields, eventTimeMs);
      return { eventTimeMs: at, inputs: gather(features, fields, at), features };
    },
    decide: (batch) => {
      const outputs = model.run(feeds(batch), batch.length);
      return outputs[output] ?? new Float32Array(0);
    },
  };
}

function refused(errors: readonly FieldError[]): TendError {
  const [first] = errors;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  const place = first === undefined || first.path === '' ? 'the instance' : first.path;
  return new TendError('INVALID_INPUT', `${place}: ${first?.message ?? ''}${more}`, { fields: errors });
}

/** The output that carries the decision by convention, or the only one there is. */
function outputName(manifest: ReleaseManifest, model: OnnxDecider): string {
  const expected = manifest.kind === 'classification' ? 'score' : 'value';
  const [only, ...others] = model.outputs;
  if (model.outputs.includes(expected)) return expected;
  if (only !== undefined && others.length === 0) return only;
  throw new TendError(
    'INVALID_INPUT',
    `the model gives ${model.outputs.join(', ') || 'nothing'}; expected an output called ${expected}`,
  );
}

function featureComputer(manifest: ReleaseManifest): (fields: Values) => Values {
  const readers = manifest.features.map((feature) =>
    rowReader(checkExpression(feature.expression, manifest.fields), manifest.fields),
  );
  return (fields) =>
    readers.map((read) => {
      const value = read(fields);
      return typeof value === 'number' && Number.isNaN(value) ? null : value;
    });
}

type ValueReader = (features: Values, fields: Values) => number | string | null;

/** A value by name: the feature, or the field where no feature has the name. */
function valueReader(manifest: ReleaseManifest, name: string): ValueReader {
  const feature = manifest.features.findIndex((item) => item.name === name);
  if (feature >= 0) return (features) => features[feature] ?? null;
  const field = manifest.fields.findIndex((item) => item.name === name);
  return (_, fields) => fields[field] ?? null;
}

function eventTimeReader(
  manifest: ReleaseManifest,
): (features: Values, fields: Values, otherwiseMs: number) => number {
  if (manifest.eventTime === null) return (_features, _fields, otherwiseMs) => otherwiseMs;
  const read = valueReader(manifest, manifest.eventTime);
  return (features, fields, otherwiseMs) => {
    const declared = read(features, fields);
    return typeof declared === 'number' ? declared : otherwiseMs;
  };
}

/** Where an input comes from: a value of the row, or a place in a looked-up row. */
type InputSource =
  | { readonly kind: 'value'; readonly read: ValueReader }
  | { readonly kind: 'table'; readonly table: number; readonly column: number };

function inputGatherer(
  manifest: ReleaseManifest,
  lookup: TableLookup,
): (features: Values, fields: Values, eventTimeMs: number) => Values {
  const tables = manifest.tables.map((table) => ({
    name: table.name,
    keys: table.key.map((name) => valueReader(manifest, name)),
  }));
  const sources = manifest.inputs.map((input) => inputSource(manifest, input.name));
  const find = (table: (typeof tables)[number], features: Values, fields: Values, at: number) => {
    const key: (number | string)[] = [];
    for (const read of table.keys) {
      const part = read(features, fields);
      if (part === null) return null;
      key.push(part);
    }
    return lookup(table.name, key, at);
  };
  return (features, fields, at) => {
    const rows = tables.map((table) => find(table, features, fields, at));
    return sources.map((source) => {
      if (source.kind === 'value') return source.read(features, fields);
      const value = rows[source.table]?.[source.column] ?? Number.NaN;
      return Number.isNaN(value) ? null : value;
    });
  };
}

function inputSource(manifest: ReleaseManifest, name: string): InputSource {
  for (const [t, table] of manifest.tables.entries()) {
    const column = table.columns.findIndex((item) => `${table.name}.${item}` === name);
    if (column >= 0) return { kind: 'table', table: t, column };
  }
  return { kind: 'value', read: valueReader(manifest, name) };
}
