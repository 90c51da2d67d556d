/** The subset of an ONNX model (onnx.proto, IR version 10) that Tend writes and reads. */
export interface OnnxModel {
  readonly irVersion: number;
  readonly producer: string;
  /** Version by domain; '' is ai.onnx. */
  readonly opsets: Readonly<Record<string, number>>;
  readonly metadata: Readonly<Record<string, string>>;
  readonly graph: OnnxGraph;
}

/** Nodes in the order in which they run, and the values at its ends. */
export interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
}

/** One operator. `inputs` may hold '' for one that is left out. */
export interface OnnxNode {
  readonly operator: string;
  /** '' is ai.onnx; `ai.onnx.ml` holds trees, encoders and scalers. */
  readonly domain: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

/** A value of an attribute. `other`: a graph or another kind that is not read. */
export type OnnxAttribute =
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'tensor'; readonly value: OnnxTensor }
  | { readonly kind: 'floats'; readonly value: ArrayLike<number> }
  | { readonly kind: 'ints'; readonly value: ArrayLike<number> }
  | { readonly kind: 'strings'; readonly value: readonly string[] }
  | { readonly kind: 'other' };

/** A constant. Numbers of every type are held as float64. */
export interface OnnxTensor {
  readonly name: string;
  readonly dims: readonly number[];
  readonly elementType: number;
  readonly numbers: Float64Array;
  readonly strings: readonly string[];
}

/** A graph input or output. A dimension that is not fixed is null. */
export interface OnnxValue {
  readonly name: string;
  /** 0: no tensor (a sequence or map). */
  readonly elementType: number;
  readonly dims: readonly (number | null)[];
}

/** TensorProto.DataType, those in use here. */
export const ELEMENT_TYPE = { float: 1, int32: 6, int64: 7, string: 8, bool: 9, double: 11 } as const;

/** The domain of the operators for trees, encoders and scalers. */
export const ML_DOMAIN = 'ai.onnx.ml';
