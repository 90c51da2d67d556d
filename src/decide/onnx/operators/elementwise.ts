import { attribute } from '../attributes.ts';
import type { OnnxNode } from '../onnx-model.ts';
import { ELEMENT_TYPE } from '../onnx-model.ts';
import type { NumberSlot, Operator, Program } from '../program.ts';
import { broken } from '../protobuf-reader.ts';
import { postTransform, sigmoid as sigmoidOf } from './post-transform.ts';

/**
 * Add, Sub, Mul, Div of rows with rows or constants; one value stands for all columns. Rounded to float32.
 */
export function arithmetic(apply: (a: number, b: number) => number): Operator {
  return (program, node) => {
    const a = operand(program, node, 0);
    const b = operand(program, node, 1);
    const width = Math.max(a.width, b.width);
    if (Math.min(a.width, b.width) !== 1 && a.width !== b.width) {
      throw broken(`${node.operator} joins rows of ${a.width} and ${b.width}`);
    }
    const output = program.output(node, 0, width);
    return (rows) => {
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < width; j++) output.data[i * width + j] = apply(a.at(i, j), b.at(i, j));
      }
    };
  };
}

interface Operand {
  readonly width: number;
  readonly at: (row: number, column: number) => number;
}

function operand(program: Program, node: OnnxNode, index: number): Operand {
  if (program.binding(node, index).kind !== 'constant') return ofRows(program.numbers(node, index));
  const { dims, numbers } = program.constant(node, index);
  const width = dims.at(-1) ?? 1;
  if (numbers.length !== width || width < 1) {
    throw broken(`${node.operator} has a constant [${dims.join(', ')}]; one value or one row can be run`);
  }
  const values = Float32Array.from(numbers);
  return { width, at: (_, column) => values[width === 1 ? 0 : column] as number };
}

function ofRows(slot: NumberSlot): Operand {
  const { width } = slot;
  if (width === 1) return { width, at: (row) => slot.data[row] as number };
  return { width, at: (row, column) => slot.data[row * width + column] as number };
}

/** The logistic function of each value. */
export const sigmoid: Operator = (program, node) => {
  const input = program.numbers(node, 0);
  const output = program.output(node, 0, input.width);
  return (rows) => {
    for (let i = 0; i < rows * input.width; i++) output.data[i] = sigmoidOf(input.data[i] as number);
  };
};

/** Clip of ai.onnx 11 and newer: bounds are constants, one value each, and may be left out. NaN stays. */
export const clip: Operator = (program, node) => {
  const input = program.numbers(node, 0);
  const bound = (index: number, otherwise: number): number => {
    if ((node.inputs[index] ?? '') === '') return otherwise;
    const { numbers } = program.constant(node, index);
    if (numbers.length !== 1)
      throw broken(`input ${index} of Clip has ${numbers.length} values; expected one`);
    return Math.fround(numbers[0] as number);
  };
  if ((program.opsets[''] ?? 0) < 11) throw broken('Clip can be run from operator set 11 on');
  const low = bound(1, Number.NEGATIVE_INFINITY);
  const high = bound(2, Number.POSITIVE_INFINITY);
  const output = program.output(node, 0, input.width);
  return (rows) => {
    for (let i = 0; i < rows * input.width; i++) {
      output.data[i] = Math.min(Math.max(input.data[i] as number, low), high);
    }
  };
};

/** Softmax over the columns. */
export const softmax: Operator = (program, node) => {
  const input = program.numbers(node, 0);
  const axis = attribute(node, 'int', 'axis') ?? -1;
  if (axis !== 1 && axis !== -1) throw broken(`Softmax along axis ${axis} cannot be run; axis 1 can`);
  const output = program.output(node, 0, input.width);
  return (rows) => {
    output.data.set(input.data.subarray(0, rows * input.width));
    postTransform('SOFTMAX', output.data, rows, input.width);
  };
};

/** Identity, and ZipMap: the map it would make of each row is left out, its numbers are what is meant. */
export const identity: Operator = (program, node) => program.alias(node);

/** Cast between float and whole numbers; those are cut toward zero and held as float32. */
export const cast: Operator = (program, node) => {
  const to = attribute(node, 'int', 'to');
  if (to === ELEMENT_TYPE.float) return program.alias(node);
  if (to !== ELEMENT_TYPE.int64 && to !== ELEMENT_TYPE.int32) {
    throw broken(`Cast to element type ${to} cannot be run; float and whole numbers can`);
  }
  const input = program.numbers(node, 0);
  const output = program.output(node, 0, input.width);
  return (rows) => {
    for (let i = 0; i < rows * input.width; i++) output.data[i] = Math.trunc(input.data[i] as number);
  };
};

/** Reshape that keeps the rows as they are: to [-1, width] or [0, -1]; a column also to [-1]. */
export const reshape: Operator = (program, node) => {
  const input = program.numbers(node, 0);
  const shape = program.constant(node, 1).numbers.join(',');
  const kept = [`-1,${input.width}`, `0,${input.width}`, '0,-1', ...(input.width === 1 ? ['-1'] : [])];
  if (!kept.includes(shape)) throw broken(`Reshape of rows of ${input.width} to [${shape}] cannot be run`);
  return program.alias(node);
};
