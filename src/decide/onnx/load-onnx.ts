import { TendError } from '../../kernel/error.ts';
import { decodeModel } from './decode-model.ts';
import { ELEMENT_TYPE, ML_DOMAIN, type OnnxModel, type OnnxNode, type OnnxValue } from './onnx-model.ts';
import { arithmetic, cast, clip, identity, reshape, sigmoid, softmax } from './operators/elementwise.ts';
import { gemm, linearClassifier, linearRegressor, matMul } from './operators/linear.ts';
import { concat, imputer, labelEncoder, normalizer, scaler } from './operators/prepare.ts';
import { treeEnsembleClassifier, treeEnsembleRegressor } from './operators/tree-ensemble.ts';
import { type NumberSlot, type Operator, Program, type Step } from './program.ts';
import { broken } from './protobuf-reader.ts';

/** A tensor that a model takes, [rows, width]. */
export interface OnnxInput {
  readonly name: string;
  readonly type: 'number' | 'string';
  readonly width: number;
}

/** An ONNX model compiled into tables and closures. Runs on the calling thread; buffers are its own. */
export interface OnnxDecider {
  readonly inputs: readonly OnnxInput[];
  /** Names of the float tensors that a run gives. */
  readonly outputs: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
  /**
   * Runs the model for `rows` rows. Feeds hold at least rows × width values, row by row; outputs are fresh
   * arrays. Equal to onnxruntime for trees (float32 sums in tree order) and within 1e-6 of it for the rest.
   * @throws INVALID_INPUT for a feed that is missing, too short, or of the other type
   */
  readonly run: (
    feeds: Readonly<Record<string, Float32Array | readonly string[]>>,
    rows: number,
  ) => Record<string, Float32Array>;
}

/** What can be run, by domain and operator. */
const OPERATORS: Readonly<Record<string, Readonly<Record<string, Operator>>>> = {
  '': {
    Add: arithmetic((a, b) => a + b),
    Cast: cast,
    Clip: clip,
    Concat: concat,
    Div: arithmetic((a, b) => a / b),
    Gemm: gemm,
    Identity: identity,
    MatMul: matMul,
    Mul: arithmetic((a, b) => a * b),
    Reshape: reshape,
    Sigmoid: sigmoid,
    Softmax: softmax,
    Sub: arithmetic((a, b) => a - b),
  },
  [ML_DOMAIN]: {
    Imputer: imputer,
    LabelEncoder: labelEncoder,
    LinearClassifier: linearClassifier,
    LinearRegressor: linearRegressor,
    Normalizer: normalizer,
    Scaler: scaler,
    TreeEnsembleClassifier: treeEnsembleClassifier,
    TreeEnsembleRegressor: treeEnsembleRegressor,
    ZipMap: identity,
  },
};

/**
 * Compiles the bytes of an ONNX file.
 * @throws INVALID_INPUT where they are no model, or one that cannot be run here
 */
export function loadOnnx(bytes: Uint8Array): OnnxDecider {
  const model = decodeModel(bytes);
  const program = new Program(model.opsets);
  const inputs = defineInputs(program, model);
  const steps = model.graph.nodes.map((node) => compileNode(program, node));
  const outputs = numberOutputs(program, model);
  return {
    inputs,
    outputs: outputs.map(({ name }) => name),
    metadata: model.metadata,
    run: runner(program, inputs, steps, outputs),
  };
}

function defineInputs(program: Program, model: OnnxModel): OnnxInput[] {
  for (const tensor of model.graph.initializers) program.define(tensor.name, { kind: 'constant', tensor });
  const fed = model.graph.inputs.filter(({ name }) => program.find(name) === undefined);
  return fed.map((value) => {
    const input = inputOf(value);
    const { type, width } = input;
    program.define(
      input.name,
      type === 'string'
        ? { kind: 'string', width, data: [] }
        : { kind: 'number', width, data: new Float32Array(0) },
    );
    return input;
  });
}

function inputOf({ name, elementType, dims }: OnnxValue): OnnxInput {
  const type = elementType === ELEMENT_TYPE.string ? 'string' : 'number';
  const width = dims[1] ?? 0;
  if (type === 'number' && elementType !== ELEMENT_TYPE.float) {
    throw broken(`the input ${name} is of element type ${elementType}; expected float (1) or string (8)`);
  }
  if (dims.length !== 2 || width < 1) {
    throw broken(`the input ${name} has the shape [${dims.join(', ')}]; expected [rows, a fixed width]`);
  }
  return { name, type, width };
}

function compileNode(program: Program, node: OnnxNode): Step {
  const domain = Object.hasOwn(OPERATORS, node.domain) ? OPERATORS[node.domain] : undefined;
  const operator =
    domain !== undefined && Object.hasOwn(domain, node.operator) ? domain[node.operator] : undefined;
  if (operator !== undefined) return operator(program, node);
  const known = Object.values(OPERATORS).flatMap((operators) => Object.keys(operators));
  const named = node.domain === '' ? node.operator : `${node.domain}.${node.operator}`;
  throw new TendError('INVALID_INPUT', `the model uses ${named}, which cannot be run here`, {
    hint: `What can be run: ${known.sort().join(', ')}.`,
  });
}

interface NamedSlot {
  readonly name: string;
  readonly slot: NumberSlot;
}

/** Outputs that are float tensors of the rows; labels that are strings and the like are left out. */
function numberOutputs(program: Program, model: OnnxModel): NamedSlot[] {
  return model.graph.outputs.flatMap(({ name, elementType }) => {
    const slot = program.find(name);
    if (slot === undefined) throw broken(`nothing gives the output ${name}`);
    if (slot.kind !== 'number' || elementType === ELEMENT_TYPE.string) return [];
    return [{ name, slot }];
  });
}

function runner(
  program: Program,
  inputs: readonly OnnxInput[],
  steps: readonly Step[],
  outputs: readonly NamedSlot[],
): OnnxDecider['run'] {
  const slots = inputs.map((input) => ({ input, slot: program.find(input.name) }));
  return (feeds, rows) => {
    program.reserve(rows);
    for (const { input, slot } of slots) {
      const feed = feeds[input.name];
      if (feed === undefined || feed.length < rows * input.width) throw badFeed(input, feed, rows);
      if (slot?.kind === 'number' && feed instanceof Float32Array) slot.data = feed;
      else if (slot?.kind === 'string' && Array.isArray(feed)) slot.data = feed;
      else throw badFeed(input, feed, rows);
    }
    for (const step of steps) step(rows);
    const result: Record<string, Float32Array> = {};
    for (const { name, slot } of outputs) result[name] = slot.data.slice(0, rows * slot.width);
    return result;
  };
}

function badFeed(input: OnnxInput, feed: ArrayLike<unknown> | undefined, rows: number): TendError {
  const kind = feed instanceof Float32Array ? 'floats' : 'strings';
  const found = feed === undefined ? 'nothing' : `${feed.length} ${kind}`;
  const expected = `${rows * input.width} ${input.type}s (rows × ${input.width})`;
  return new TendError('INVALID_INPUT', `the model takes ${input.name}: expected ${expected}, got ${found}`);
}
