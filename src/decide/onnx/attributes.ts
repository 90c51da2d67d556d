import type { OnnxNode, OnnxTensor } from './onnx-model.ts';
import { broken } from './protobuf-reader.ts';

type Kind = keyof AttributeValues;

interface AttributeValues {
  readonly float: number;
  readonly int: number;
  readonly string: string;
  readonly tensor: OnnxTensor;
  readonly floats: ArrayLike<number>;
  readonly ints: ArrayLike<number>;
  readonly strings: readonly string[];
}

/** The value of an attribute, undefined if it is not there. @throws INVALID_INPUT if it is of another kind */
export function attribute<K extends Kind>(
  node: OnnxNode,
  kind: K,
  name: string,
): AttributeValues[K] | undefined {
  const found = Object.hasOwn(node.attributes, name) ? node.attributes[name] : undefined;
  if (found === undefined) return undefined;
  if (found.kind === 'other' || found.kind !== kind) {
    throw broken(`${node.operator}.${name} is ${found.kind}, expected ${kind}`);
  }
  // The kind was compared; the compiler cannot follow that through a type parameter.
  return found.value as unknown as AttributeValues[K];
}

/** The same, for one that must be there. */
export function requiredAttribute<K extends Kind>(node: OnnxNode, kind: K, name: string): AttributeValues[K] {
  const value = attribute(node, kind, name);
  if (value === undefined) throw broken(`${node.operator} has no ${name}`);
  return value;
}

/** The same, for one of a few words; the first is the default. @throws INVALID_INPUT naming the words */
export function wordAttribute<W extends string>(
  node: OnnxNode,
  name: string,
  words: readonly [W, ...W[]],
): W {
  const found = attribute(node, 'string', name) ?? words[0];
  const word = words.find((candidate) => candidate === found);
  if (word === undefined) {
    throw broken(`${node.operator}.${name} is ${found}; what can be run is ${words.join(', ')}`);
  }
  return word;
}
