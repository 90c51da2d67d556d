import { TendError } from '../../kernel/error.ts';
import { canonicalJson } from '../../kernel/hash.ts';
import type { LinearModel } from '../../learn/linear/linear-model.ts';
import type { Tree, TreeModel } from '../../learn/trees/tree-model.ts';
import type { TargetEncoding } from '../../learn/encode/target-encoding.ts';
import type { Encodings } from './model-matrix.ts';

/**
 * A trained model as training knows it, with leaf counts: what explanations need and the served file leaves
 * out.
 */
export interface NativeModel {
  readonly model: TreeModel | LinearModel;
  readonly encodings: Encodings;
}

const FORMAT = 'tend.native-model/v1';

/** The bytes of a native model: canonical JSON, so that the same model has the same hash. */
export function encodeNativeModel({ model, encodings }: NativeModel): Uint8Array {
  const plain = JSON.parse(
    JSON.stringify({ format: FORMAT, model, encodings }, (_key, value: unknown) =>
      ArrayBuffer.isView(value) ? Array.from(value as unknown as ArrayLike<number>) : value,
    ),
  ) as unknown;
  return Buffer.from(canonicalJson(plain), 'utf8');
}

interface PlainTree {
  readonly feature: number[];
  readonly threshold: number[];
  readonly missingLeft: number[];
  readonly left: number[];
  readonly right: number[];
  readonly value: number[];
  readonly cover: number[];
}

/** Reads what `encodeNativeModel` wrote. @throws STATE_UNREADABLE for other bytes. */
export function decodeNativeModel(bytes: Uint8Array): NativeModel {
  const plain = JSON.parse(Buffer.from(bytes).toString('utf8')) as {
    readonly format: string;
    readonly model: { readonly kind: string } & Record<string, unknown>;
    readonly encodings: Record<string, Omit<TargetEncoding, 'values'> & { readonly values: number[] }>;
  };
  if (plain.format !== FORMAT)
    throw new TendError('STATE_UNREADABLE', `expected ${FORMAT}, came ${plain.format}`);
  const encodings = Object.fromEntries(
    Object.entries(plain.encodings).map(([name, encoding]) => [
      name,
      { ...encoding, values: Float64Array.from(encoding.values) },
    ]),
  );
  const model = plain.model.kind === 'trees' ? treesOf(plain.model) : linearOf(plain.model);
  return { model, encodings };
}

function treesOf(plain: Record<string, unknown>): TreeModel {
  const trees = (plain.trees as PlainTree[]).map(
    (tree): Tree => ({
      feature: Int32Array.from(tree.feature),
      threshold: Float32Array.from(tree.threshold),
      missingLeft: Uint8Array.from(tree.missingLeft),
      left: Int32Array.from(tree.left),
      right: Int32Array.from(tree.right),
      value: Float64Array.from(tree.value),
      cover: Float64Array.from(tree.cover),
    }),
  );
  return { ...(plain as unknown as TreeModel), trees };
}

function linearOf(plain: Record<string, unknown>): LinearModel {
  const vector = (name: string): Float64Array => Float64Array.from(plain[name] as number[]);
  return {
    ...(plain as unknown as LinearModel),
    coefficients: vector('coefficients'),
    means: vector('means'),
    scales: vector('scales'),
  };
}
