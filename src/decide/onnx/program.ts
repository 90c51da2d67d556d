import type { OnnxNode, OnnxTensor } from './onnx-model.ts';
import { ELEMENT_TYPE } from './onnx-model.ts';
import { broken } from './protobuf-reader.ts';

/** A float32 tensor [rows, width] that a run fills, row by row; `data` may be longer. */
export interface NumberSlot {
  readonly kind: 'number';
  readonly width: number;
  data: Float32Array;
}

/** A string tensor [rows, width]. */
export interface TextSlot {
  readonly kind: 'string';
  readonly width: number;
  data: readonly string[];
}

/** A value of the graph by name: filled by a run, or constant. */
export type Binding = NumberSlot | TextSlot | { readonly kind: 'constant'; readonly tensor: OnnxTensor };

/** One operator compiled: computes its outputs for that many rows. */
export type Step = (rows: number) => void;

/** Compiles a node into a step; declares its outputs on the way. */
export type Operator = (program: Program, node: OnnxNode) => Step;

/** Values that all buffers hold for one row; a thousand rows then take 400 MB at most. */
const ROW_VALUES_MAX = 100_000;
const NO_NUMBERS = new Float32Array(0);

/** The values of a graph while it is compiled, and the buffers that runs write to. */
export class Program {
  readonly opsets: Readonly<Record<string, number>>;
  readonly #bindings = new Map<string, Binding>();
  readonly #buffers: NumberSlot[] = [];
  #rows = 0;
  #rowValues = 0;

  constructor(opsets: Readonly<Record<string, number>>) {
    this.opsets = opsets;
  }

  /** Makes every buffer large enough for that many rows. */
  reserve(rows: number): void {
    if (rows <= this.#rows) return;
    this.#rows = rows;
    for (const slot of this.#buffers) slot.data = new Float32Array(rows * slot.width);
  }

  define(name: string, binding: Binding): void {
    if (this.#bindings.has(name)) throw broken(`the value ${name} is defined twice`);
    this.#bindings.set(name, binding);
  }

  /** The buffer for output `index` of a node; one that nobody named is still written. */
  output(node: OnnxNode, index: number, width: number): NumberSlot {
    this.#rowValues += width;
    if (width < 1 || this.#rowValues > ROW_VALUES_MAX)
      throw broken(`${node.operator} gives ${width} values a row, too many or none`);
    const slot: NumberSlot = { kind: 'number', width, data: NO_NUMBERS };
    const name = node.outputs[index];
    if (name !== undefined && name !== '') this.define(name, slot);
    this.#buffers.push(slot);
    return slot;
  }

  /** Output 0 is input 0: nothing is computed. */
  alias(node: OnnxNode): Step {
    const output = node.outputs[0];
    if (output === undefined) throw broken(`${node.operator} has no output`);
    this.define(output, this.binding(node, 0));
    return () => {};
  }

  find(name: string): Binding | undefined {
    return this.#bindings.get(name);
  }

  has(node: OnnxNode, index: number): boolean {
    return (node.inputs[index] ?? '') !== '';
  }

  binding(node: OnnxNode, index: number): Binding {
    const name = node.inputs[index] ?? '';
    const found = this.#bindings.get(name);
    if (found !== undefined) return found;
    throw broken(
      `${node.operator} reads ${name === '' ? `input ${index}` : name}, which nothing before it gives`,
    );
  }

  numbers(node: OnnxNode, index: number): NumberSlot {
    const found = this.binding(node, index);
    if (found.kind === 'number') return found;
    throw broken(
      `input ${index} of ${node.operator} is a ${found.kind}; expected a float tensor of the rows`,
    );
  }

  texts(node: OnnxNode, index: number): TextSlot {
    const found = this.binding(node, index);
    if (found.kind === 'string') return found;
    throw broken(
      `input ${index} of ${node.operator} is a ${found.kind}; expected a string tensor of the rows`,
    );
  }

  /** A constant tensor of numbers. */
  constant(node: OnnxNode, index: number): OnnxTensor {
    const found = this.binding(node, index);
    if (found.kind === 'constant' && found.tensor.elementType !== ELEMENT_TYPE.string) return found.tensor;
    throw broken(`input ${index} of ${node.operator} must be a constant of numbers`);
  }
}
