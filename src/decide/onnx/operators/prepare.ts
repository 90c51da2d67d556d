import { attribute, requiredAttribute, wordAttribute } from '../attributes.ts';
import type { NumberSlot, Operator } from '../program.ts';
import { broken } from '../protobuf-reader.ts';

/** LabelEncoder of ai.onnx.ml 2 to 4, string to float: unseen strings give the default. */
export const labelEncoder: Operator = (program, node) => {
  const input = program.texts(node, 0);
  const keyTensor = attribute(node, 'tensor', 'keys_tensor');
  const valueTensor = attribute(node, 'tensor', 'values_tensor');
  const keys = attribute(node, 'strings', 'keys_strings') ?? keyTensor?.strings ?? [];
  const values = attribute(node, 'floats', 'values_floats') ?? valueTensor?.numbers ?? [];
  const unseen =
    attribute(node, 'float', 'default_float') ?? attribute(node, 'tensor', 'default_tensor')?.numbers[0] ?? 0;
  if (
    keys.length !== values.length ||
    (keys.length === 0 && attribute(node, 'strings', 'keys_strings') === undefined)
  ) {
    throw broken('LabelEncoder can be run from strings to floats, a value for each key');
  }
  const table = new Map<string, number>();
  keys.forEach((key, i) => {
    if (!table.has(key)) table.set(key, values[i] as number);
  });
  const output = program.output(node, 0, input.width);
  return (rows) => {
    const { data } = input;
    for (let i = 0; i < rows * input.width; i++) output.data[i] = table.get(data[i] ?? '') ?? unseen;
  };
};

/** Concat along the columns. */
export const concat: Operator = (program, node) => {
  const axis = requiredAttribute(node, 'int', 'axis');
  if (axis !== 1 && axis !== -1) throw broken(`Concat along axis ${axis} cannot be run; axis 1 can`);
  const inputs = node.inputs.map((_, i) => program.numbers(node, i));
  const output = program.output(
    node,
    0,
    inputs.reduce((sum, input) => sum + input.width, 0),
  );
  return (rows) => {
    let column = 0;
    for (const input of inputs) {
      copyColumns(input, output, column, rows);
      column += input.width;
    }
  };
};

function copyColumns(from: NumberSlot, to: NumberSlot, column: number, rows: number): void {
  const { data, width } = from;
  for (let i = 0; i < rows; i++) {
    const at = i * to.width + column;
    for (let j = 0; j < width; j++) to.data[at + j] = data[i * width + j] as number;
  }
}

/** Scaler of ai.onnx.ml 1: (x - offset) * scale, in float32 as onnxruntime computes it. */
export const scaler: Operator = (program, node) => {
  const input = program.numbers(node, 0);
  const offset = perColumn(node.operator, requiredAttribute(node, 'floats', 'offset'), input.width);
  const scale = perColumn(node.operator, requiredAttribute(node, 'floats', 'scale'), input.width);
  return byColumn(
    input,
    program.output(node, 0, input.width),
    (x, j) => Math.fround(x - (offset[j] as number)) * (scale[j] as number),
  );
};

/** Imputer of ai.onnx.ml 1 for floats: the replaced value, NaN as a rule, becomes the imputed one. */
export const imputer: Operator = (program, node) => {
  const input = program.numbers(node, 0);
  const imputed = perColumn(
    node.operator,
    requiredAttribute(node, 'floats', 'imputed_value_floats'),
    input.width,
  );
  const replaced = attribute(node, 'float', 'replaced_value_float') ?? 0;
  const isMissing = Number.isNaN(replaced) ? Number.isNaN : (x: number) => x === replaced;
  return byColumn(input, program.output(node, 0, input.width), (x, j) =>
    isMissing(x) ? (imputed[j] as number) : x,
  );
};

/** Normalizer of ai.onnx.ml 1: each row divided by its norm; a row of zeros stays. */
export const normalizer: Operator = (program, node) => {
  const input = program.numbers(node, 0);
  const kind = wordAttribute(node, 'norm', ['MAX', 'L1', 'L2']);
  const output = program.output(node, 0, input.width);
  return (rows) => {
    for (let i = 0; i < rows; i++) {
      const row = input.data.subarray(i * input.width, (i + 1) * input.width);
      const norm = normOf(kind, row);
      for (let j = 0; j < input.width; j++) {
        output.data[i * input.width + j] = norm === 0 ? (row[j] as number) : (row[j] as number) / norm;
      }
    }
  };
};

function normOf(kind: 'MAX' | 'L1' | 'L2', row: Float32Array): number {
  if (kind === 'MAX') return row.reduce((most, x) => Math.max(most, x), Number.NEGATIVE_INFINITY);
  if (kind === 'L1') return row.reduce((sum, x) => sum + Math.abs(x), 0);
  return Math.sqrt(row.reduce((sum, x) => sum + x * x, 0));
}

/** One value for all columns, or one for each. */
function perColumn(operator: string, values: ArrayLike<number>, width: number): Float32Array {
  if (values.length === width) return Float32Array.from(values);
  if (values.length === 1) return new Float32Array(width).fill(values[0] as number);
  throw broken(`${operator} has ${values.length} values for ${width} columns`);
}

function byColumn(
  input: NumberSlot,
  output: NumberSlot,
  apply: (x: number, column: number) => number,
): (rows: number) => void {
  const { width } = input;
  return (rows) => {
    for (let i = 0, at = 0; i < rows; i++) {
      for (let j = 0; j < width; j++, at++) output.data[at] = apply(input.data[at] as number, j);
    }
  };
}
