import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FeatureMatrix } from '../matrix.ts';
import { normal } from '../normal.ts';
import { type SeededRandom, seededRandom } from '../random.ts';
import type { Tree, TreeModel } from '../trees/tree-model.ts';
import { meanAbsoluteContributions } from './contributions.ts';
import { treeShap } from './tree-shap.ts';

/** A tree of `leaves` leaves with random splits (repeated features included), missing sides and covers. */
function randomTree(leaves: number, features: number, random: SeededRandom): Tree {
  const nodes = 2 * leaves - 1;
  const tree: Tree = {
    feature: new Int32Array(nodes).fill(-1),
    threshold: new Float32Array(nodes),
    missingLeft: new Uint8Array(nodes),
    left: new Int32Array(nodes).fill(-1),
    right: new Int32Array(nodes).fill(-1),
    value: Float64Array.from({ length: nodes }, () => normal(random)),
    cover: new Float64Array(nodes),
  };
  const open = [0];
  for (let next = 1; next < nodes; next += 2) {
    const node = open.splice(random.below(open.length), 1)[0]!;
    tree.feature[node] = random.below(features);
    tree.threshold[node] = normal(random);
    tree.missingLeft[node] = random.below(2);
    tree.left[node] = next;
    tree.right[node] = next + 1;
    open.push(next, next + 1);
  }
  for (let node = nodes - 1; node >= 0; node--) {
    const inside = tree.feature[node]! >= 0;
    tree.cover[node] = inside
      ? tree.cover[tree.left[node]!]! + tree.cover[tree.right[node]!]!
      : 1 + random.below(50);
  }
  return tree;
}

function randomMatrix(rows: number, features: number, random: SeededRandom): FeatureMatrix {
  return {
    rows,
    names: Array.from({ length: features }, (_, f) => `f${f}`),
    columns: Array.from({ length: features }, () =>
      Float32Array.from({ length: rows }, () => (random.next() < 0.2 ? Number.NaN : normal(random))),
    ),
  };
}

function modelOf(trees: Tree[], features: readonly string[]): TreeModel {
  return { kind: 'trees', objective: 'regression', base: 0.5, features, trees };
}

/** The mean of the tree for a row of which only the features of the bit set `known` are known. */
function expectation(tree: Tree, x: readonly number[], known: number, node = 0): number {
  const feature = tree.feature[node]!;
  if (feature < 0) return tree.value[node]!;
  const left = tree.left[node]!;
  const right = tree.right[node]!;
  if ((known >> feature) & 1) {
    const value = x[feature]!;
    const goesLeft = Number.isNaN(value) ? tree.missingLeft[node] === 1 : value <= tree.threshold[node]!;
    return expectation(tree, x, known, goesLeft ? left : right);
  }
  return (
    (tree.cover[left]! * expectation(tree, x, known, left) +
      tree.cover[right]! * expectation(tree, x, known, right)) /
    tree.cover[node]!
  );
}

/** The Shapley value by its definition (Shapley 1953), over all coalitions. */
function bruteForce(tree: Tree, x: readonly number[], feature: number): number {
  const count = x.length;
  const factorial = (k: number): number => (k <= 1 ? 1 : k * factorial(k - 1));
  let sum = 0;
  for (let known = 0; known < 1 << count; known++) {
    if ((known >> feature) & 1) continue;
    let size = 0;
    for (let f = 0; f < count; f++) size += (known >> f) & 1;
    const weight = (factorial(size) * factorial(count - size - 1)) / factorial(count);
    sum += weight * (expectation(tree, x, known | (1 << feature)) - expectation(tree, x, known));
  }
  return sum;
}

test('contributions are the Shapley values by definition, with repeated features and missing values', () => {
  const random = seededRandom(1);
  for (const leaves of [2, 3, 8, 20]) {
    const matrix = randomMatrix(6, 5, random);
    const trees = [randomTree(leaves, 5, random), randomTree(leaves, 5, random)];
    const { columns } = treeShap(modelOf(trees, matrix.names), matrix);
    for (let row = 0; row < matrix.rows; row++) {
      const x = matrix.columns.map((column) => column[row]!);
      for (let f = 0; f < 5; f++) {
        const expected = trees.reduce((sum, tree) => sum + bruteForce(tree, x, f), 0);
        // Sums of 32 coalitions of values about 1: rounding reaches 1e-14.
        assert.ok(Math.abs(columns[f]![row]! - expected) < 1e-12, `${leaves} leaves, feature ${f}`);
      }
    }
  }
});

test('base and contributions add up to the margin, on deep trees too', () => {
  const random = seededRandom(2);
  const matrix = randomMatrix(200, 12, random);
  const trees = Array.from({ length: 10 }, () => randomTree(60, 12, random));
  const { base, columns } = treeShap(modelOf(trees, matrix.names), matrix);
  for (let row = 0; row < matrix.rows; row++) {
    const x = matrix.columns.map((column) => column[row]!);
    const margin = trees.reduce((sum, tree) => sum + expectation(tree, x, 0xfff), 0.5);
    const explained = columns.reduce((sum, column) => sum + column[row]!, base);
    assert.ok(Math.abs(explained - margin) < 1e-10, `row ${row}: ${explained} and ${margin}`);
  }
});

test('branches without cover still add up to the margin', () => {
  const random = seededRandom(3);
  const matrix = randomMatrix(100, 4, random);
  const trees = Array.from({ length: 5 }, () => {
    const tree = randomTree(12, 4, random);
    const bare = Float64Array.from(tree.cover, () => random.below(3));
    for (let node = tree.cover.length - 1; node >= 0; node--) {
      if (tree.feature[node]! >= 0) bare[node] = bare[tree.left[node]!]! + bare[tree.right[node]!]!;
    }
    return { ...tree, cover: bare };
  });
  const { base, columns } = treeShap(modelOf(trees, matrix.names), matrix);
  for (let row = 0; row < matrix.rows; row++) {
    const x = matrix.columns.map((column) => column[row]!);
    const margin = trees.reduce((sum, tree) => sum + expectation(tree, x, 0xf), 0.5);
    const explained = columns.reduce((sum, column) => sum + column[row]!, base);
    assert.ok(Math.abs(explained - margin) < 1e-12, `row ${row}: ${explained} and ${margin}`);
  }
});

test('a feature without a split, a single leaf, no trees and no rows contribute nothing', () => {
  const random = seededRandom(4);
  const matrix = randomMatrix(5, 3, random);
  const leaf = randomTree(1, 3, random);
  const single = treeShap(modelOf([leaf], matrix.names), matrix);
  assert.equal(single.base, 0.5 + leaf.value[0]!);
  assert.deepEqual(single.columns, [new Float64Array(5), new Float64Array(5), new Float64Array(5)]);
  assert.equal(treeShap(modelOf([], matrix.names), matrix).base, 0.5);
  const unused = treeShap(modelOf([randomTree(8, 2, random)], matrix.names), matrix);
  assert.deepEqual(unused.columns[2], new Float64Array(5));
  const none = treeShap(modelOf([leaf], matrix.names), randomMatrix(0, 3, random));
  assert.deepEqual(
    none.columns.map((column) => column.length),
    [0, 0, 0],
  );
  assert.ok(meanAbsoluteContributions(none).every(Number.isNaN));
});

test('mean absolute contributions do not let signs cancel', () => {
  const columns = [Float64Array.of(1, -3), Float64Array.of(0, 0)];
  const means = meanAbsoluteContributions({ base: 9, names: ['a', 'b'], columns });
  assert.deepEqual(Array.from(means), [2, 0]);
});
