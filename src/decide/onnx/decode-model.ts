import { decodeTensor } from './decode-tensor.ts';
import type { OnnxAttribute, OnnxGraph, OnnxModel, OnnxNode, OnnxTensor, OnnxValue } from './onnx-model.ts';
import {
  addFloats,
  addInts,
  broken,
  bytesOf,
  floatOf,
  intOf,
  textOf,
  type WireValue,
  wireFields,
} from './protobuf-reader.ts';

/** A tree ensemble of 1,000 × 127 leaves takes 6 MB; beyond this it is no model for a request. */
export const MODEL_BYTES_MAX = 256 * 1024 * 1024;

/**
 * Reads an ONNX file. What the subset does not cover (sub-graphs, functions, training) is passed over.
 * @throws INVALID_INPUT where the bytes are no model
 */
export function decodeModel(bytes: Uint8Array): OnnxModel {
  if (bytes.length > MODEL_BYTES_MAX) throw broken(`it is larger than ${MODEL_BYTES_MAX} bytes`);
  let irVersion = 0;
  let producer = '';
  let graph: OnnxGraph | undefined;
  const opsets = new Map<string, number>();
  const metadata = new Map<string, string>();
  for (const { number, value } of wireFields(bytes)) {
    if (number === 1) irVersion = intOf(value);
    else if (number === 2) producer = textOf(value);
    else if (number === 7) graph = decodeGraph(bytesOf(value));
    else if (number === 8) addOpset(bytesOf(value), opsets);
    else if (number === 14) addEntry(bytesOf(value), metadata);
  }
  if (graph === undefined) throw broken('it has no graph');
  return {
    irVersion,
    producer,
    graph,
    opsets: Object.fromEntries(opsets),
    metadata: Object.fromEntries(metadata),
  };
}

function addOpset(bytes: Uint8Array, into: Map<string, number>): void {
  let domain = '';
  let version = 0;
  for (const { number, value } of wireFields(bytes)) {
    if (number === 1) domain = textOf(value);
    else if (number === 2) version = intOf(value);
  }
  into.set(domain === 'ai.onnx' ? '' : domain, version);
}

function addEntry(bytes: Uint8Array, into: Map<string, string>): void {
  let key = '';
  let text = '';
  for (const { number, value } of wireFields(bytes)) {
    if (number === 1) key = textOf(value);
    else if (number === 2) text = textOf(value);
  }
  into.set(key, text);
}

function decodeGraph(bytes: Uint8Array): OnnxGraph {
  let name = '';
  const nodes: OnnxNode[] = [];
  const initializers: OnnxTensor[] = [];
  const inputs: OnnxValue[] = [];
  const outputs: OnnxValue[] = [];
  for (const { number, value } of wireFields(bytes)) {
    if (number === 1) nodes.push(decodeNode(bytesOf(value)));
    else if (number === 2) name = textOf(value);
    else if (number === 5) initializers.push(decodeTensor(bytesOf(value)));
    else if (number === 11) inputs.push(decodeValue(bytesOf(value)));
    else if (number === 12) outputs.push(decodeValue(bytesOf(value)));
  }
  return { name, nodes, initializers, inputs, outputs };
}

function decodeNode(bytes: Uint8Array): OnnxNode {
  let [operator, domain, name] = ['', '', ''];
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes = new Map<string, OnnxAttribute>();
  for (const { number, value } of wireFields(bytes)) {
    if (number === 1) inputs.push(textOf(value));
    else if (number === 2) outputs.push(textOf(value));
    else if (number === 3) name = textOf(value);
    else if (number === 4) operator = textOf(value);
    else if (number === 5) addAttribute(bytesOf(value), attributes);
    else if (number === 7) domain = textOf(value);
  }
  const normalDomain = domain === 'ai.onnx' ? '' : domain;
  return {
    operator,
    domain: normalDomain,
    name,
    inputs,
    outputs,
    attributes: Object.fromEntries(attributes),
  };
}

/** Values of an attribute by the field that carries them, whatever its declared type says. */
function addAttribute(bytes: Uint8Array, into: Map<string, OnnxAttribute>): void {
  let name = '';
  let type = 0;
  let single: WireValue | undefined;
  const floats: number[] = [];
  const ints: number[] = [];
  const strings: string[] = [];
  for (const { number, value } of wireFields(bytes)) {
    if (number === 1) name = textOf(value);
    else if (number === 20) type = intOf(value);
    else if (number >= 2 && number <= 5) single = value;
    else if (number === 7) addFloats(value, 4, floats);
    else if (number === 8) addInts(value, ints);
    else if (number === 9) strings.push(textOf(value));
  }
  into.set(name, attributeOf(type, single, { floats, ints, strings }));
}

function attributeOf(
  type: number,
  single: WireValue | undefined,
  lists: { readonly floats: number[]; readonly ints: number[]; readonly strings: string[] },
): OnnxAttribute {
  switch (type) {
    case 1:
      return { kind: 'float', value: single === undefined ? 0 : floatOf(single) };
    case 2:
      return { kind: 'int', value: single === undefined ? 0 : intOf(single) };
    case 3:
      return { kind: 'string', value: single === undefined ? '' : textOf(single) };
    case 4:
      return {
        kind: 'tensor',
        value: decodeTensor(single === undefined ? new Uint8Array(0) : bytesOf(single)),
      };
    case 6:
      return { kind: 'floats', value: lists.floats };
    case 7:
      return { kind: 'ints', value: lists.ints };
    case 8:
      return { kind: 'strings', value: lists.strings };
    default:
      return { kind: 'other' };
  }
}

function decodeValue(bytes: Uint8Array): OnnxValue {
  let name = '';
  let elementType = 0;
  let dims: (number | null)[] = [];
  for (const { number, value } of wireFields(bytes)) {
    if (number === 1) name = textOf(value);
    if (number !== 2) continue;
    for (const type of wireFields(bytesOf(value))) {
      if (type.number !== 1) continue;
      for (const tensor of wireFields(bytesOf(type.value))) {
        if (tensor.number === 1) elementType = intOf(tensor.value);
        else if (tensor.number === 2) dims = decodeShape(bytesOf(tensor.value));
      }
    }
  }
  return { name, elementType, dims };
}

function decodeShape(bytes: Uint8Array): (number | null)[] {
  const dims: (number | null)[] = [];
  for (const { number, value } of wireFields(bytes)) {
    if (number !== 1) continue;
    let dim: number | null = null;
    for (const inner of wireFields(bytesOf(value))) if (inner.number === 1) dim = intOf(inner.value);
    dims.push(dim);
  }
  return dims;
}
