import { type FieldError, TendError } from '../kernel/error.ts';
import { checkExpression } from './expression/check-expression.ts';
import { rowReader } from './expression/compile-row.ts';
import { batchFeeds } from './model-feeds.ts';
import { loadOnnx, type OnnxDecider } from './onnx/load-onnx.ts';
import { instanceReader, keyReader } from './read-instance.ts';
import type { ReleaseManifest } from './release.ts';

/**
 * Port: the row of a feature table for a key at a moment, numbers in the order of the table's columns (NaN is
 * missing), or null when there is none. The key is good until the port returns.
 */
export type TableLookup = (
  table: string,
  key: readonly (number | string)[],
  eventTimeMs: number,
) => ArrayLike<number> | null;

/** One instance, checked, with its features: what a micro-batch is made of and what is logged. */
export interface PreparedInstance {
  readonly eventTimeMs: number;
  /** The business key, where the release has one and the request gave it. */
  readonly key: number | string | null;
  /** Model inputs in the order of the manifest. Missing is null. */
  readonly inputs: readonly (number | string | null)[];
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
  const read = instanceReader(manifest.fields, manifest.key);
  const readKey = keyReader(manifest.key);
  const assemble = preparer(manifest, lookup);
  return {
    manifest,
    model,
    output,
    prepare: (instance, eventTimeMs, path = '') => {
      const errors: FieldError[] = [];
      const fields = read(instance, path, errors);
      const key = readKey(instance, path, errors);
      if (errors.length > 0) throw refused(errors);
      return assemble(fields, key, eventTimeMs);
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

/** Where a value comes from: a field of the request, a feature computed from them, or a looked-up row. */
type Source =
  | { readonly kind: 'field'; readonly place: number }
  | { readonly kind: 'feature'; readonly place: number }
  | { readonly kind: 'table'; readonly table: number; readonly column: number };

/** How the parts of a prepared instance come about. Features that none of them needs are not computed. */
interface Plan {
  readonly features: readonly { readonly place: number; readonly read: (fields: Values) => Value }[];
  /** Null where no event time is declared. */
  readonly eventTime: Source | null;
  readonly tables: readonly { readonly name: string; readonly keys: readonly Source[] }[];
  readonly inputs: readonly Source[];
}

type Value = number | string | null;

function planOf(manifest: ReleaseManifest): Plan {
  const tables = manifest.tables.map(({ name, key }) => ({
    name,
    keys: key.map((part) => valueSource(manifest, part)),
  }));
  const inputs = manifest.inputs.map(({ name }) => inputSource(manifest, name));
  const eventTime = manifest.eventTime === null ? null : valueSource(manifest, manifest.eventTime);
  const needed = new Set<number>();
  for (const source of [
    ...inputs,
    ...tables.flatMap(({ keys }) => keys),
    ...(eventTime ? [eventTime] : []),
  ]) {
    if (source.kind === 'feature') needed.add(source.place);
  }
  const features = manifest.features.flatMap((feature, place) => {
    // A definition that cannot be computed is refused, needed or not.
    const checked = checkExpression(feature.expression, manifest.fields);
    return needed.has(place) ? [{ place, read: rowReader(checked, manifest.fields) }] : [];
  });
  return { features, eventTime, tables, inputs };
}

/** A value by name: the feature, or the field where no feature has the name. */
function valueSource({ features, fields }: ReleaseManifest, name: string): Source {
  const fieldOf = (wanted: string): Source => ({
    kind: 'field',
    place: fields.findIndex((item) => item.name === wanted),
  });
  const place = features.findIndex((item) => item.name === name);
  const expression = features[place]?.expression;
  if (expression === undefined) return fieldOf(name);
  return expression.kind === 'field' ? fieldOf(expression.name) : { kind: 'feature', place };
}

function inputSource(manifest: ReleaseManifest, name: string): Source {
  for (const [t, table] of manifest.tables.entries()) {
    const column = table.columns.findIndex((item) => `${table.name}.${item}` === name);
    if (column >= 0) return { kind: 'table', table: t, column };
  }
  return valueSource(manifest, name);
}

/** Compiles the plan; what it returns keeps the features of one instance at a time in a buffer of its own. */
function preparer(
  manifest: ReleaseManifest,
  lookup: TableLookup,
): (fields: Values, key: Value, otherwiseMs: number) => PreparedInstance {
  const { features: computed, eventTime, tables, inputs } = planOf(manifest);
  const features: Values = manifest.features.map(() => null);
  const keys = tables.map((table) => table.keys.map((): number | string => ''));
  const rows: (ArrayLike<number> | null)[] = tables.map(() => null);
  const valueOf = (source: Source, fields: Values): Value => {
    if (source.kind === 'field') return fields[source.place] ?? null;
    if (source.kind === 'feature') return features[source.place] ?? null;
    const value = rows[source.table]?.[source.column] ?? Number.NaN;
    return Number.isNaN(value) ? null : value;
  };
  const rowOf = (place: number, fields: Values, at: number): ArrayLike<number> | null => {
    const table = tables[place] as (typeof tables)[number];
    const key = keys[place] as (number | string)[];
    for (let i = 0; i < key.length; i++) {
      const part = valueOf(table.keys[i] as Source, fields);
      if (part === null) return null;
      key[i] = part;
    }
    return lookup(table.name, key, at);
  };
  return (fields, key, otherwiseMs) => {
    for (const { place, read } of computed) {
      const value = read(fields);
      features[place] = typeof value === 'number' && Number.isNaN(value) ? null : value;
    }
    const declared = eventTime === null ? null : valueOf(eventTime, fields);
    const eventTimeMs = typeof declared === 'number' ? declared : otherwiseMs;
    for (let i = 0; i < rows.length; i++) rows[i] = rowOf(i, fields, eventTimeMs);
    const values: Values = [];
    for (let i = 0; i < inputs.length; i++) values.push(valueOf(inputs[i] as Source, fields));
    return { eventTimeMs, key, inputs: values };
  };
}
