/** Name of the float tensor that carries the numeric inputs, in the order of the manifest. */
export const NUMERIC_INPUT = 'numeric';

/** An input of a model by the manifest. */
export interface ModelInput {
  readonly name: string;
  readonly type: 'number' | 'string';
}

/** Names of tensors by convention, which a string input, a tensor of its own name, may not have. */
export const RESERVED_NAMES: ReadonlySet<string> = new Set([NUMERIC_INPUT, 'score', 'value']);
