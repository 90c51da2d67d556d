import { attribute, requiredAttribute, wordAttribute } from '../attributes.ts';
import type { NumberSlot, Operator } from '../program.ts';
import { broken } from '../protobuf-reader.ts';
import { classLabels } from './class-labels.ts';
import { POST_TRANSFORMS, postTransform } from './post-transform.ts';

/** LinearRegressor of ai.onnx.ml 1. */
export const linearRegressor: Operator = (program, node) => {
  const input = program.numbers(node, 0);
  const targets = attribute(node, 'int', 'targets') ?? 1;
  const coefficients = requiredAttribute(node, 'floats', 'coefficients');
  const intercepts = attribute(node, 'floats', 'intercepts') ?? [];
  const transform = wordAttribute(node, 'post_transform', POST_TRANSFORMS);
  checkCoefficients(node.operator, coefficients.length, targets, input.width);
  const output = program.output(node, 0, targets);
  return (rows) => {
    affine(input, { coefficients, intercepts }, output, rows);
    postTransform(transform, output.data, rows, targets);
  };
};

/**
 * LinearClassifier of ai.onnx.ml 1, a row of coefficients for each class. The label is that of the highest
 * score.
 */
export const linearClassifier: Operator = (program, node) => {
  const input = program.numbers(node, 0);
  const labels = classLabels(node);
  const coefficients = requiredAttribute(node, 'floats', 'coefficients');
  const intercepts = attribute(node, 'floats', 'intercepts') ?? [];
  const transform = wordAttribute(node, 'post_transform', POST_TRANSFORMS);
  checkCoefficients(node.operator, coefficients.length, labels.length, input.width);
  if (labels.length < 2) throw broken('LinearClassifier has fewer than two classes');
  const label = program.output(node, 0, 1);
  const scores = program.output(node, 1, labels.length);
  return (rows) => {
    affine(input, { coefficients, intercepts }, scores, rows);
    for (let i = 0; i < rows; i++) label.data[i] = labels[largest(scores, i)] ?? Number.NaN;
    postTransform(transform, scores.data, rows, labels.length);
  };
};

/** Gemm with a constant matrix B [width, n] (or its transpose) and an optional constant C. */
export const gemm: Operator = (program, node) => {
  const input = program.numbers(node, 0);
  const { dims, numbers } = program.constant(node, 1);
  const alpha = attribute(node, 'float', 'alpha') ?? 1;
  const beta = attribute(node, 'float', 'beta') ?? 1;
  const transposed = attribute(node, 'int', 'transB') === 1;
  if (attribute(node, 'int', 'transA') === 1) throw broken('Gemm with transA cannot be run');
  const coefficients = byOutput(node.operator, dims, numbers, input.width, transposed).map((b) => b * alpha);
  const width = coefficients.length / input.width;
  const added = program.has(node, 2) ? program.constant(node, 2).numbers : Float64Array.of(0);
  if (added.length !== 1 && added.length !== width)
    throw broken(`Gemm adds ${added.length} values to ${width}`);
  const intercepts = Float64Array.from(
    { length: width },
    (_, j) => (added[added.length === 1 ? 0 : j] ?? 0) * beta,
  );
  const output = program.output(node, 0, width);
  return (rows) => affine(input, { coefficients, intercepts }, output, rows);
};

/** MatMul with a constant matrix [width, n] or vector [width]. */
export const matMul: Operator = (program, node) => {
  const input = program.numbers(node, 0);
  const { dims, numbers } = program.constant(node, 1);
  const coefficients = byOutput(
    node.operator,
    dims.length === 1 ? [...dims, 1] : dims,
    numbers,
    input.width,
    false,
  );
  const output = program.output(node, 0, coefficients.length / input.width);
  return (rows) => affine(input, { coefficients, intercepts: [] }, output, rows);
};

/** A constant matrix with the coefficients of each output together, [n, width]. */
function byOutput(
  operator: string,
  dims: readonly number[],
  numbers: Float64Array,
  width: number,
  transposed: boolean,
): Float64Array {
  const [first = 0, second = 0] = dims;
  const [height, outputs] = transposed ? [second, first] : [first, second];
  if (dims.length !== 2 || height !== width || outputs < 1) {
    throw broken(`${operator} multiplies rows of ${width} by a matrix [${dims.join(', ')}]`);
  }
  if (transposed) return numbers;
  return Float64Array.from(
    numbers,
    (_, k) => numbers[(k % width) * outputs + Math.floor(k / width)] as number,
  );
}

function checkCoefficients(operator: string, found: number, outputs: number, width: number): void {
  if (found !== outputs * width) {
    throw broken(`${operator} has ${found} coefficients for ${outputs} outputs of ${width} inputs`);
  }
}

/**
 * output = input × coefficientsᵀ + intercepts. Summed in float64 and rounded once: no worse than any float32
 * order.
 */
function affine(
  input: NumberSlot,
  model: { readonly coefficients: ArrayLike<number>; readonly intercepts: ArrayLike<number> },
  output: NumberSlot,
  rows: number,
): void {
  const { coefficients, intercepts } = model;
  const { width } = input;
  for (let i = 0; i < rows; i++) {
    for (let c = 0; c < output.width; c++) {
      let sum = intercepts[c] ?? 0;
      for (let j = 0; j < width; j++) {
        sum += (input.data[i * width + j] as number) * (coefficients[c * width + j] as number);
      }
      output.data[i * output.width + c] = sum;
    }
  }
}

function largest(scores: NumberSlot, row: number): number {
  let best = 0;
  const at = row * scores.width;
  for (let c = 1; c < scores.width; c++) {
    if ((scores.data[at + c] as number) > (scores.data[at + best] as number)) best = c;
  }
  return best;
}
