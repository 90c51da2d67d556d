import type { LinearParams } from '../linear/train-linear.ts';
import type { TreeParams } from '../trees/tree-params.ts';

/** One configuration to be trained. `index` is its place in the list of trials. */
export type Trial =
  | { readonly index: number; readonly family: 'trees'; readonly params: TreeParams }
  | { readonly index: number; readonly family: 'linear'; readonly params: LinearParams };
