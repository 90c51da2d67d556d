import { z } from 'zod';
import { typeOf } from './expression/check-expression.ts';
import {
  expressionSchema,
  type Field,
  FIELD_NAME_LENGTH_MAX,
  type ValueType,
  valueTypeSchema,
} from './expression/expression.ts';
import { RESERVED_NAMES } from './model-input.ts';

/** More fields than any form or row of a table has; a bound on the work for one instance. */
const FIELDS_MAX = 2_000;

const nameSchema = z.string().min(1).max(FIELD_NAME_LENGTH_MAX);
const sha256Hex = z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 hexadecimal digits');

/** A raw field of a request. All are required; a nullable one may be null or left out. */
export const releaseFieldSchema = z.strictObject({
  name: nameSchema,
  type: valueTypeSchema,
  nullable: z.boolean(),
});

/** A value computed from the fields of the same row, in training and serving alike. */
export const releaseFeatureSchema = z.strictObject({
  name: nameSchema,
  type: valueTypeSchema,
  expression: expressionSchema,
});

/** Columns looked up in a feature table by key. As inputs they are called `table.column`. */
export const releaseTableSchema = z.strictObject({
  name: nameSchema,
  /** Names of features or, where no feature has the name, of fields. */
  key: z.array(nameSchema).min(1).max(8),
  columns: z.array(nameSchema).min(1).max(FIELDS_MAX),
  refreshMs: z.number().int().min(0),
});

/**
 * A business key that a request may carry: recorded beside the prediction, so that an outcome finds it, and
 * not used. A field may have the same name; the value is then both.
 */
export const releaseKeySchema = z.strictObject({ name: nameSchema, type: z.enum(['number', 'string']) });
export type ReleaseKey = z.output<typeof releaseKeySchema>;

/** One input of the model, in order. */
export const releaseInputSchema = z.strictObject({ name: nameSchema, type: z.enum(['number', 'string']) });

const parts = z.strictObject({
  format: z.literal('tend.release/v1'),
  id: z.string().min(1),
  project: z.string().min(1),
  model: z.string().min(1),
  version: z.number().int().min(1),
  kind: z.enum(['classification', 'regression']),
  /** What is predicted: the column, or for a classification its positive class. */
  target: z.string(),
  /** SHA-256 of the ONNX file. */
  modelBlob: sha256Hex,
  fields: z.array(releaseFieldSchema).max(FIELDS_MAX),
  features: z.array(releaseFeatureSchema).max(FIELDS_MAX),
  /** The feature of type time that says when it happened; null: the arrival. */
  eventTime: nameSchema.nullable(),
  tables: z.array(releaseTableSchema).max(100),
  /** Null: predictions are known by their id alone. */
  key: releaseKeySchema.nullable().default(null),
  inputs: z.array(releaseInputSchema).min(1).max(FIELDS_MAX),
  codeCommit: z.string().nullable(),
  specHash: z.string(),
});

/** Everything a serving process needs to know of one version, beside the model file itself. */
export const releaseManifestSchema = parts.superRefine((manifest, ctx) => {
  for (const { path, message } of manifestMistakes(manifest)) {
    ctx.addIssue({ code: 'custom', path: [...path], message, input: manifest });
  }
});
export type ReleaseManifest = z.output<typeof parts>;

/** The part that says how inputs come from fields; known before there is a model. */
export type FeatureDefinition = Pick<ReleaseManifest, 'fields' | 'features' | 'tables'>;

interface Mistake {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

function manifestMistakes(manifest: ReleaseManifest): Mistake[] {
  const mistakes = [
    ...repeated('fields', manifest.fields),
    ...repeated('features', manifest.features),
    ...repeated('tables', manifest.tables),
    ...repeated('inputs', manifest.inputs),
  ];
  manifest.features.forEach((feature, i) => {
    const message = featureMistake(feature, manifest.fields);
    if (message !== undefined) mistakes.push({ path: ['features', i, 'expression'], message });
  });
  const values = valueTypes(manifest);
  manifest.tables.forEach((table, i) => {
    for (const key of table.key) {
      if (!values.has(key))
        mistakes.push({ path: ['tables', i, 'key'], message: `no feature or field is called ${key}` });
    }
  });
  if (manifest.eventTime !== null && values.get(manifest.eventTime) !== 'time') {
    mistakes.push({
      path: ['eventTime'],
      message: `expected a feature of type time, got ${manifest.eventTime}`,
    });
  }
  return [...mistakes, ...inputMistakes(manifest)];
}

function repeated(list: string, items: readonly { readonly name: string }[]): Mistake[] {
  const seen = new Set<string>();
  return items.flatMap((item, i) => {
    const known = seen.has(item.name);
    seen.add(item.name);
    return known ? [{ path: [list, i, 'name'], message: `${item.name} stands here twice` }] : [];
  });
}

function featureMistake(
  feature: ReleaseManifest['features'][number],
  fields: readonly Field[],
): string | undefined {
  try {
    const type = typeOf(feature.expression, fields);
    return type === feature.type ? undefined : `expected a ${feature.type}, the expression gives a ${type}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function inputMistakes(manifest: ReleaseManifest): Mistake[] {
  const types = inputTypes(manifest);
  return manifest.inputs.flatMap((input, i) => {
    const found = types.get(input.name);
    if (input.type === 'string' && RESERVED_NAMES.has(input.name)) {
      return [{ path: ['inputs', i, 'name'], message: `a string input cannot be called ${input.name}` }];
    }
    if (found === input.type) return [];
    const is = found === undefined ? 'not defined' : `a ${found}`;
    const message = `expected a ${input.type}, ${input.name} is ${is}`;
    return [{ path: ['inputs', i], message }];
  });
}

/** Types of what keys and the event time may name: features, and fields that no feature hides. */
function valueTypes(definition: FeatureDefinition): Map<string, ValueType> {
  return new Map([...definition.fields, ...definition.features].map(({ name, type }) => [name, type]));
}

/** What a model may take, by name. Booleans are numbers 0 and 1; a moment is no input, its parts are. */
export function inputTypes(definition: FeatureDefinition): Map<string, 'number' | 'string' | 'time'> {
  const types = new Map<string, 'number' | 'string' | 'time'>();
  for (const { name, type } of definition.features) types.set(name, type === 'boolean' ? 'number' : type);
  for (const table of definition.tables) {
    for (const column of table.columns) types.set(`${table.name}.${column}`, 'number');
  }
  return types;
}
