import type { Column } from '../../kernel/column.ts';
import { TendError } from '../../kernel/error.ts';
import {
  applyTargetEncoding,
  fitTargetEncoding,
  type TargetEncoding,
} from '../../learn/encode/target-encoding.ts';
import type { FeatureMatrix } from '../../learn/matrix.ts';
import type { Examples } from '../data/index.ts';

/** A model input as the release names it. */
export interface ModelInputSpec {
  readonly name: string;
  readonly type: 'number' | 'string';
}

/** The learnt encoding of each text input, by its name. */
export type Encodings = Readonly<Record<string, TargetEncoding>>;

/**
 * Learns what each level of the text inputs is worth and returns the training matrix: numbers as float32,
 * texts by their out-of-fold values, so that no row sees its own outcome.
 */
export function fitModelMatrix(
  inputs: readonly ModelInputSpec[],
  examples: Examples,
  seed: number,
): { readonly matrix: FeatureMatrix; readonly encodings: Encodings } {
  const encodings: Record<string, TargetEncoding> = {};
  const columns = inputs.map(({ name, type }) => {
    const column = inputColumn(examples, name);
    if (type === 'number') return numbers(column, name);
    if (column.kind !== 'category') throw mistyped(name, 'texts');
    const fitted = fitTargetEncoding({ column, target: examples.target, seed });
    encodings[name] = fitted.encoding;
    return fitted.trainingValues;
  });
  return { matrix: { rows: examples.rows, names: inputs.map((input) => input.name), columns }, encodings };
}

/** The matrix of other examples, texts by what was learnt in training. */
export function modelMatrix(
  inputs: readonly ModelInputSpec[],
  examples: Examples,
  encodings: Encodings,
): FeatureMatrix {
  const columns = inputs.map(({ name, type }) => {
    const column = inputColumn(examples, name);
    if (type === 'number') return numbers(column, name);
    const encoding = encodings[name];
    if (column.kind !== 'category' || encoding === undefined) throw mistyped(name, 'texts');
    return applyTargetEncoding(encoding, column);
  });
  return { rows: examples.rows, names: inputs.map((input) => input.name), columns };
}

function inputColumn(examples: Examples, name: string): Column {
  const column = examples.features.columns[name];
  if (column === undefined) throw new TendError('INTERNAL', `the examples have no feature ${name}`);
  return column;
}

function numbers(column: Column, name: string): Float32Array {
  if (column.kind === 'category') throw mistyped(name, 'numbers');
  return new Float32Array(column.values);
}

function mistyped(name: string, expected: string): TendError {
  return new TendError('TRAINING_FAILED', `expected ${expected} in model input ${name}`);
}
