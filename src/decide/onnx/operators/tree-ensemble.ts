import { attribute, requiredAttribute, wordAttribute } from '../attributes.ts';
import type { OnnxNode } from '../onnx-model.ts';
import type { Operator } from '../program.ts';
import { broken } from '../protobuf-reader.ts';
import { classLabels } from './class-labels.ts';
import { type PostTransform, POST_TRANSFORMS, postTransform, sigmoid } from './post-transform.ts';
import { addTrees, type TreeTable, treeTable } from './tree-table.ts';

/** TreeEnsembleRegressor of ai.onnx.ml 1 to 3 with one target; SUM or AVERAGE. */
export const treeEnsembleRegressor: Operator = (program, node) => {
  const input = program.numbers(node, 0);
  if ((attribute(node, 'int', 'n_targets') ?? 1) !== 1)
    throw broken('TreeEnsembleRegressor has more than one target');
  const aggregate = wordAttribute(node, 'aggregate_function', ['SUM', 'AVERAGE']);
  const transform = wordAttribute(node, 'post_transform', POST_TRANSFORMS);
  const weights = leafWeights(node, 'target');
  const table = treeTable(node, input.width, weights);
  const base = attribute(node, 'floats', 'base_values')?.[0] ?? 0;
  const divisor = aggregate === 'AVERAGE' ? Math.max(table.roots.length, 1) : 1;
  const output = program.output(node, 0, 1);
  return (rows) => {
    const { data } = output;
    data.fill(0, 0, rows);
    addTrees(table, input, data, rows);
    for (let i = 0; i < rows; i++) data[i] = Math.fround((data[i] as number) / divisor) + base;
    postTransform(transform, data, rows, 1);
  };
};

/**
 * TreeEnsembleClassifier of ai.onnx.ml 1 to 3 with two classes. Leaves may vote for one class alone (the
 * convention of converters: class id 0 throughout stands for the margin of the second class) or for both;
 * then the label is that of the higher score (onnxruntime 1.23 says the second class for any score above 0).
 */
export const treeEnsembleClassifier: Operator = (program, node) => {
  const input = program.numbers(node, 0);
  const labels = classLabels(node);
  if (labels.length !== 2) throw broken(`TreeEnsembleClassifier has ${labels.length} classes; 2 can be run`);
  const transform = wordAttribute(node, 'post_transform', POST_TRANSFORMS);
  const weights = leafWeights(node, 'class');
  const bases = attribute(node, 'floats', 'base_values') ?? [];
  const classes = weights.classes;
  const label = program.output(node, 0, 1);
  const scores = program.output(node, 1, 2);
  const tableOf = (wanted: number): TreeTable =>
    treeTable(node, input.width, (tree, id) => weights(tree, id, wanted));
  const choose = (positive: boolean): number => (positive ? labels[1] : labels[0]) ?? Number.NaN;
  const [only] = classes;
  if (classes.length === 1 && only !== undefined) {
    if (only === 1 && bases.length > 0) {
      throw broken(
        'TreeEnsembleClassifier votes for class 1 alone and has base_values, which runtimes ignore',
      );
    }
    const table = tableOf(only);
    const margin = new MarginWriter(transform, weights.allPositive);
    return (rows) => {
      const sums = new Float32Array(rows);
      addTrees(table, input, sums, rows);
      for (let i = 0; i < rows; i++) {
        const sum = Math.fround((sums[i] as number) + (bases[0] ?? 0));
        label.data[i] = choose(margin.write(sum, scores.data, i * 2));
      }
    };
  }
  const tables = [tableOf(0), tableOf(1)] as const;
  return (rows) => {
    const columns = tables.map((table) => {
      const sums = new Float32Array(rows);
      addTrees(table, input, sums, rows);
      return sums;
    });
    for (let i = 0; i < rows; i++) {
      for (let c = 0; c < 2; c++) {
        scores.data[i * 2 + c] = (columns[c]?.[i] ?? 0) + (bases[bases.length === 2 ? c : 0] ?? 0);
      }
      label.data[i] = choose((scores.data[i * 2 + 1] as number) > (scores.data[i * 2] as number));
    }
    postTransform(transform, scores.data, rows, 2);
  };
};

/**
 * Both columns from the one margin, and whether the second class is chosen. Weights that are all positive are
 * shares of votes: the other class has the rest, and the threshold is one half.
 */
class MarginWriter {
  readonly #transform: PostTransform;
  readonly #votes: boolean;

  constructor(transform: PostTransform, votes: boolean) {
    this.#transform = transform;
    this.#votes = votes;
  }

  write(sum: number, into: Float32Array, at: number): boolean {
    if (this.#votes) {
      into[at] = 1 - sum;
      into[at + 1] = sum;
    } else if (this.#transform === 'LOGISTIC') {
      into[at] = sigmoid(-sum);
      into[at + 1] = sigmoid(sum);
    } else {
      into[at] = -sum;
      into[at + 1] = sum;
    }
    return sum > (this.#votes ? 0.5 : 0);
  }
}

interface LeafWeights {
  (tree: number, id: number, wanted?: number): number | undefined;
  /** Class or target ids that occur, ascending. */
  readonly classes: readonly number[];
  readonly allPositive: boolean;
}

/** The weights of leaves, from the lists whose names begin with `prefix`. */
function leafWeights(node: OnnxNode, prefix: 'target' | 'class'): LeafWeights {
  const trees = requiredAttribute(node, 'ints', `${prefix}_treeids`);
  const nodes = requiredAttribute(node, 'ints', `${prefix}_nodeids`);
  const classes = requiredAttribute(node, 'ints', `${prefix}_ids`);
  const weights = requiredAttribute(node, 'floats', `${prefix}_weights`);
  const count = trees.length;
  if (nodes.length !== count || classes.length !== count || weights.length !== count) {
    throw broken(`the lists of leaves of ${node.operator} are not of one length`);
  }
  const occurring = [...new Set(Array.from(classes))].sort((a, b) => a - b);
  if (occurring.some((id) => id < 0 || id > (prefix === 'target' ? 0 : 1))) {
    throw broken(`${node.operator} has leaves of ${prefix} ${occurring.join(', ')}`);
  }
  // By tree, then by node and class in one number: texts as keys made loading a large model twice as slow.
  const byTree = new Map<number, Map<number, number>>();
  let allPositive = true;
  for (let i = 0; i < count; i++) {
    const tree = trees[i] as number;
    const ofTree = byTree.get(tree) ?? new Map<number, number>();
    byTree.set(tree, ofTree);
    const key = (nodes[i] as number) * 2 + (classes[i] as number);
    if (ofTree.has(key)) throw broken(`a leaf of tree ${tree} has two weights`);
    ofTree.set(key, weights[i] as number);
    allPositive &&= (weights[i] as number) >= 0;
  }
  return Object.assign((tree: number, id: number, wanted = 0) => byTree.get(tree)?.get(id * 2 + wanted), {
    classes: occurring,
    allPositive,
  });
}
