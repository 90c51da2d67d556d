import type { Tree, TreeModel } from '../../learn/trees/tree-model.ts';
import { type ExportLayout, exportedModel, inputPart, operatorNode, outputName } from './export-layout.ts';
import { ML_DOMAIN, type OnnxNode } from './onnx-model.ts';

/**
 * A tree model as an ONNX file: TreeEnsembleRegressor of ai.onnx.ml 3, and Sigmoid for a binary model. How
 * many training rows each leaf had is left out: it would tell about the people in them. The same model gives
 * the same bytes.
 * @throws INVALID_INPUT where features and inputs do not fit
 */
export function exportTrees(model: TreeModel, layout: ExportLayout): Uint8Array {
  const part = inputPart(model.features, layout);
  const output = outputName(model.objective);
  const margin = model.objective === 'binary' ? 'tend/margin' : output;
  const nodes = [ensemble(model, part.joined, margin, part.columns)];
  if (model.objective === 'binary') nodes.push(operatorNode('Sigmoid', '', [margin], output));
  return exportedModel(model, layout, part, { nodes, initializers: [] });
}

/** The lists of nodes and leaves of an ensemble, all trees one after another. */
class EnsembleLists {
  readonly treeIds: number[] = [];
  readonly nodeIds: number[] = [];
  readonly features: number[] = [];
  readonly modes: string[] = [];
  readonly values: number[] = [];
  readonly whenTrue: number[] = [];
  readonly whenFalse: number[] = [];
  readonly missingTrue: number[] = [];
  readonly leafTrees: number[] = [];
  readonly leafNodes: number[] = [];
  readonly leafWeights: number[] = [];

  add(treeId: number, tree: Tree, columns: readonly number[]): void {
    for (let i = 0; i < tree.feature.length; i++) {
      const feature = tree.feature[i] as number;
      const isLeaf = feature < 0;
      this.treeIds.push(treeId);
      this.nodeIds.push(i);
      this.features.push(isLeaf ? 0 : (columns[feature] as number));
      this.modes.push(isLeaf ? 'LEAF' : 'BRANCH_LEQ');
      this.values.push(isLeaf ? 0 : (tree.threshold[i] as number));
      this.whenTrue.push(isLeaf ? 0 : (tree.left[i] as number));
      this.whenFalse.push(isLeaf ? 0 : (tree.right[i] as number));
      this.missingTrue.push(isLeaf ? 0 : (tree.missingLeft[i] as number));
      if (!isLeaf) continue;
      this.leafTrees.push(treeId);
      this.leafNodes.push(i);
      this.leafWeights.push(tree.value[i] as number);
    }
  }
}

function ensemble(model: TreeModel, input: string, output: string, columns: readonly number[]): OnnxNode {
  const lists = new EnsembleLists();
  model.trees.forEach((tree, id) => lists.add(id, tree, columns));
  return operatorNode('TreeEnsembleRegressor', ML_DOMAIN, [input], output, {
    n_targets: { kind: 'int', value: 1 },
    base_values: { kind: 'floats', value: [model.base] },
    nodes_treeids: { kind: 'ints', value: lists.treeIds },
    nodes_nodeids: { kind: 'ints', value: lists.nodeIds },
    nodes_featureids: { kind: 'ints', value: lists.features },
    nodes_modes: { kind: 'strings', value: lists.modes },
    nodes_values: { kind: 'floats', value: lists.values },
    nodes_truenodeids: { kind: 'ints', value: lists.whenTrue },
    nodes_falsenodeids: { kind: 'ints', value: lists.whenFalse },
    nodes_missing_value_tracks_true: { kind: 'ints', value: lists.missingTrue },
    target_treeids: { kind: 'ints', value: lists.leafTrees },
    target_nodeids: { kind: 'ints', value: lists.leafNodes },
    target_ids: { kind: 'ints', value: lists.leafTrees.map(() => 0) },
    target_weights: { kind: 'floats', value: lists.leafWeights },
  });
}
