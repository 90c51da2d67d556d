import type { GrowContext } from './grow-context.ts';
import type { Leaf } from './leaf.ts';
import { leafWeight, type Split } from './split-search.ts';
import type { Tree } from './tree-model.ts';

/** A tree with what is needed to follow it on binned rows. */
export interface GrownTree extends Tree {
  /** Bins up to this one go left. */
  readonly lastLeftBin: Uint8Array;
}

/** Collects the nodes of one growing tree. */
export interface TreeBuilder {
  readonly split: (leaf: Leaf, split: Split, children: readonly [Leaf, Leaf]) => void;
  readonly leaf: (leaf: Leaf) => void;
  readonly finish: () => GrownTree;
}

/** A builder that holds the root alone. */
export function treeBuilder({ params, map }: GrowContext): TreeBuilder {
  const size = 2 * params.leaves - 1;
  let used = 1;
  const nodes = {
    feature: new Int32Array(size).fill(-1),
    threshold: new Float32Array(size),
    missingLeft: new Uint8Array(size),
    left: new Int32Array(size).fill(-1),
    right: new Int32Array(size).fill(-1),
    value: new Float64Array(size),
    cover: new Float64Array(size),
    lastLeftBin: new Uint8Array(size),
  };
  return {
    split: ({ node, count }, { feature, bin, missingLeft }, [left, right]) => {
      nodes.feature[node] = feature;
      nodes.threshold[node] = (map.edges[feature] as Float32Array)[bin] as number;
      nodes.missingLeft[node] = missingLeft ? 1 : 0;
      nodes.left[node] = left.node;
      nodes.right[node] = right.node;
      nodes.cover[node] = count;
      nodes.lastLeftBin[node] = bin;
      used = Math.max(used, right.node + 1);
    },
    leaf: ({ node, count, gradient, hessian }) => {
      nodes.cover[node] = count;
      nodes.value[node] = leafWeight(gradient, hessian, params.l1, params.l2) * params.learningRate;
    },
    finish: () => ({
      feature: nodes.feature.slice(0, used),
      threshold: nodes.threshold.slice(0, used),
      missingLeft: nodes.missingLeft.slice(0, used),
      left: nodes.left.slice(0, used),
      right: nodes.right.slice(0, used),
      value: nodes.value.slice(0, used),
      cover: nodes.cover.slice(0, used),
      lastLeftBin: nodes.lastLeftBin.slice(0, used),
    }),
  };
}
