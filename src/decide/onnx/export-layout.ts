import { TendError } from '../../kernel/error.ts';
import { canonicalJson } from '../../kernel/hash.ts';
import type { TargetEncoding } from '../../learn/encode/target-encoding.ts';
import { type ModelInput, NUMERIC_INPUT, RESERVED_NAMES } from '../model-input.ts';
import { encodeModel } from './encode-model.ts';
import { ELEMENT_TYPE, ML_DOMAIN, type OnnxNode, type OnnxTensor, type OnnxValue } from './onnx-model.ts';

/** How the features of a model come from the inputs of a release. */
export interface ExportLayout {
  /** Inputs in the order of the manifest; one for each feature of the model, by its name. */
  readonly inputs: readonly ModelInput[];
  /** What the strings of each string input are worth. */
  readonly encodings: Readonly<Record<string, TargetEncoding>>;
}

/** The first nodes of an exported graph: they join all inputs into one float tensor. */
export interface InputPart {
  readonly nodes: readonly OnnxNode[];
  readonly inputs: readonly OnnxValue[];
  /** Name of the joined tensor [N, width]. */
  readonly joined: string;
  /** Column of the joined tensor by feature of the model: numeric inputs first, then the strings. */
  readonly columns: readonly number[];
}

/** Inner tensors begin so; inputs are called as the user's columns. */
const INNER = 'tend/';
const JOINED = `${INNER}joined`;

/** Readable by onnxruntime 1.14 and newer; the operators in use have not changed since. */
const IR_VERSION = 8;
const OPSETS = { '': 17, [ML_DOMAIN]: 3 };

/**
 * The nodes that turn the inputs of a layout into one tensor. The columns are numeric inputs, then encoded
 * strings, so that no column needs to be moved; models are rewritten to that order instead.
 * @throws INVALID_INPUT where features and inputs are not the same names, or an encoding is missing
 */
export function inputPart(features: readonly string[], layout: ExportLayout): InputPart {
  const numeric = layout.inputs.filter(({ type }) => type === 'number');
  const texts = layout.inputs.filter(({ type }) => type === 'string');
  const order = [...numeric, ...texts].map(({ name }) => name);
  const columns = features.map((feature) => order.indexOf(feature));
  if (columns.includes(-1) || new Set(columns).size !== order.length) {
    throw new TendError(
      'INVALID_INPUT',
      `expected an input for each feature of the model (${features.join(', ')}), got ${order.join(', ')}`,
    );
  }
  const reserved = texts.find(({ name }) => RESERVED_NAMES.has(name) || name.startsWith(INNER));
  if (reserved !== undefined) {
    throw new TendError(
      'INVALID_INPUT',
      `a string input cannot be called ${reserved.name}; rename the feature`,
    );
  }
  const encoders = texts.map(({ name }) => labelEncoder(name, layout.encodings[name]));
  const parts = [
    ...(numeric.length > 0 ? [NUMERIC_INPUT] : []),
    ...encoders.map(({ outputs }) => outputs[0] ?? ''),
  ];
  const [only = '', ...others] = parts;
  const join = operatorNode('Concat', '', parts, JOINED, { axis: { kind: 'int', value: 1 } });
  return {
    nodes: others.length === 0 ? encoders : [...encoders, join],
    inputs: [
      ...(numeric.length > 0 ? [tensorValue(NUMERIC_INPUT, ELEMENT_TYPE.float, numeric.length)] : []),
      ...texts.map(({ name }) => tensorValue(name, ELEMENT_TYPE.string, 1)),
    ],
    joined: others.length === 0 ? only : JOINED,
    columns,
  };
}

/** The missing string is '': it has its own worth, unless the data had '' as a level. */
function labelEncoder(name: string, encoding: TargetEncoding | undefined): OnnxNode {
  if (encoding === undefined)
    throw new TendError('INVALID_INPUT', `the string input ${name} has no encoding`);
  const isNew = !encoding.levels.includes('');
  const keys = isNew ? [...encoding.levels, ''] : encoding.levels;
  const values = isNew ? [...encoding.values, encoding.missing] : Array.from(encoding.values);
  return operatorNode('LabelEncoder', ML_DOMAIN, [name], `${INNER}encoded/${name}`, {
    keys_strings: { kind: 'strings', value: keys },
    values_floats: { kind: 'floats', value: values },
    default_float: { kind: 'float', value: encoding.prior },
  });
}

/** A node of one output, called after it. */
export function operatorNode(
  operator: string,
  domain: string,
  inputs: readonly string[],
  output: string,
  attributes: OnnxNode['attributes'] = {},
): OnnxNode {
  return { operator, domain, name: `${operator}:${output}`, inputs, outputs: [output], attributes };
}

function tensorValue(name: string, elementType: number, width: number): OnnxValue {
  return { name, elementType, dims: [null, width] };
}

/** The bytes of a model: the input part, the model's own nodes, and its one output of width 1. */
export function exportedModel(
  model: { readonly kind: string; readonly objective: string; readonly features: readonly string[] },
  layout: ExportLayout,
  part: InputPart,
  own: { readonly nodes: readonly OnnxNode[]; readonly initializers: readonly OnnxTensor[] },
): Uint8Array {
  return encodeModel({
    irVersion: IR_VERSION,
    producer: 'tend',
    opsets: OPSETS,
    metadata: {
      'tend.format': 'tend.model/v1',
      'tend.kind': model.kind,
      'tend.objective': model.objective,
      'tend.features': canonicalJson(model.features),
      'tend.inputs': canonicalJson(layout.inputs),
    },
    graph: {
      name: 'tend',
      nodes: [...part.nodes, ...own.nodes],
      initializers: own.initializers,
      inputs: part.inputs,
      outputs: [tensorValue(outputName(model.objective), ELEMENT_TYPE.float, 1)],
    },
  });
}

/** `score`, a probability, for a binary model; `value` for a regression. */
export function outputName(objective: string): 'score' | 'value' {
  return objective === 'binary' ? 'score' : 'value';
}
