import { strict as assert } from 'node:assert';
import type { GrowContext } from './grow-context.ts';
import { type HistogramPool, histogramPool } from './histogram-pool.ts';
import type { Leaf } from './leaf.ts';
import { findSplit, type Split } from './split-search.ts';
import { type GrownTree, treeBuilder } from './tree-builder.ts';

/** A missing bin that no row has: bins are bytes. */
const NO_BIN = 256;

/** Grows trees one after the other over the same memory. */
export interface TreeGrower {
  /**
   * One tree on the first `rowCount` rows of the row list, with the listed features (ascending). Reads the
   * gradients, reorders the row list; the leaves returned tell which stretch of it each holds.
   */
  readonly grow: (rowCount: number, features: Uint32Array) => { tree: GrownTree; leaves: readonly Leaf[] };
}

/** A grower whose trees reuse the context's histograms. */
export function treeGrower(ctx: GrowContext): TreeGrower {
  const pool = histogramPool(ctx);
  return { grow: (rowCount, features) => grow({ ...ctx, pool, features }, rowCount) };
}

interface TreeContext extends GrowContext {
  readonly pool: HistogramPool;
  readonly features: Uint32Array;
}

function grow(ctx: TreeContext, rowCount: number): { tree: GrownTree; leaves: readonly Leaf[] } {
  listFeatures(ctx);
  const builder = treeBuilder(ctx);
  const leaves: Leaf[] = [rootLeaf(ctx, rowCount)];
  while (leaves.length < ctx.params.leaves) {
    const at = mostGain(leaves);
    const leaf = leaves[at];
    if (leaf === undefined || leaf.split === null) break;
    const children = splitLeaf(ctx, leaves, leaf, leaf.split);
    if (children === null) continue;
    builder.split(leaf, leaf.split, children);
    // the left child keeps the parent's place: ties go to the older leaf
    leaves[at] = children[0];
    leaves.push(children[1]);
  }
  for (const leaf of leaves) {
    ctx.pool.release(leaf.slot);
    leaf.slot = -1;
    builder.leaf(leaf);
  }
  return { tree: builder.finish(), leaves };
}

/** Tells the kernel which columns of a row to add, and where. */
function listFeatures({ arena, work, features }: TreeContext): void {
  for (const [i, feature] of features.entries()) {
    arena.u32[work.features / 4 + 2 * i] = feature;
    arena.u32[work.features / 4 + 2 * i + 1] = (work.cellOffsets[feature] as number) * 16;
  }
}

function rootLeaf(ctx: TreeContext, count: number): Leaf {
  let gradient = 0;
  let hessian = 0;
  const { arena, work } = ctx;
  for (let i = 0; i < count; i++) {
    const at = work.gradients / 4 + 2 * (arena.u32[work.rows / 4 + i] as number);
    gradient += arena.f32[at] as number;
    hessian += arena.f32[at + 1] as number;
  }
  const root: Leaf = {
    node: 0,
    depth: 0,
    start: 0,
    count,
    gradient,
    hessian,
    slot: -1,
    split: null,
    counted: false,
  };
  if (!canSplit(ctx, root)) return root;
  root.slot = ctx.pool.take([]);
  fillHistogram(ctx, root);
  search(ctx, root);
  return root;
}

function mostGain(leaves: readonly Leaf[]): number {
  let best = -1;
  let most = 0;
  for (let i = 0; i < leaves.length; i++) {
    const gain = leaves[i]?.split?.gain ?? 0;
    if (gain > most) {
      most = gain;
      best = i;
    }
  }
  return best;
}

function canSplit({ params, features }: TreeContext, leaf: Leaf): boolean {
  const deepest = params.depthMax > 0 && leaf.depth >= params.depthMax;
  return !deepest && features.length > 0 && leaf.count >= 2 * params.rowsPerLeafMin;
}

function fillHistogram(ctx: TreeContext, leaf: Leaf): void {
  const { data, work, kernel, pool, features } = ctx;
  const rows = work.rows + leaf.start * 4;
  pool.cells(leaf.slot).fill(0);
  const cells = pool.address(leaf.slot);
  kernel.histogram(
    data.bins,
    data.stride,
    rows,
    leaf.count,
    work.gradients,
    work.features,
    features.length,
    cells,
  );
}

/** Finds the leaf's best split; without one its histogram is of no more use. */
function search(ctx: TreeContext, leaf: Leaf): void {
  const counts = leaf.counted ? countRows(ctx, leaf) : null;
  leaf.split = findSplit(ctx, ctx.features, ctx.pool.cells(leaf.slot), leaf, counts);
  if (leaf.split !== null) return;
  ctx.pool.release(leaf.slot);
  leaf.slot = -1;
}

/** The leaf's rows in every cell. */
function countRows({ arena, data, work, features }: TreeContext, leaf: Leaf): Uint32Array {
  const counts = new Uint32Array(work.cellCount);
  for (let i = 0; i < leaf.count; i++) {
    const row = arena.u32[work.rows / 4 + leaf.start + i] as number;
    for (const feature of features) {
      const bin = arena.u8[data.bins + row * data.stride + feature] as number;
      const cell = (work.cellOffsets[feature] as number) + bin;
      counts[cell] = (counts[cell] as number) + 1;
    }
  }
  return counts;
}

/**
 * Moves the rows and makes both children, searched. Null when the rows, now counted, are too few on one side:
 * then the leaf is searched again with counted rows.
 */
function splitLeaf(ctx: TreeContext, leaves: readonly Leaf[], leaf: Leaf, split: Split): [Leaf, Leaf] | null {
  const { data, work, params, kernel, map } = ctx;
  const rows = work.rows + leaf.start * 4;
  const missingBin = split.missingLeft ? (map.edges[split.feature] as Float32Array).length : NO_BIN;
  const column = data.columns + split.feature * data.rows;
  const count = kernel.partition(column, rows, leaf.count, work.scratch, split.bin, missingBin);
  if (Math.min(count, leaf.count - count) < params.rowsPerLeafMin) {
    assert(!leaf.counted, 'a split found with counted rows keeps to the least rows');
    leaf.counted = true;
    if (leaf.slot < 0) {
      leaf.slot = ctx.pool.take(leaves);
      fillHistogram(ctx, leaf);
    }
    search(ctx, leaf);
    return null;
  }
  const children = makeChildren(leaf, split, count, leaves.length);
  // with the last leaf of the tree nothing is split any more
  if (leaves.length + 1 < params.leaves) searchChildren(ctx, leaves, leaf, children);
  else ctx.pool.release(leaf.slot);
  leaf.slot = -1;
  return children;
}

/**
 * Nodes are numbered in the order of splits: a tree of k leaves has 2k - 1, so the next are 2k - 1 and 2k.
 */
function makeChildren(leaf: Leaf, split: Split, leftCount: number, leafCount: number): [Leaf, Leaf] {
  const both = { depth: leaf.depth + 1, slot: -1, split: null, counted: false };
  const left: Leaf = {
    ...both,
    node: 2 * leafCount - 1,
    start: leaf.start,
    count: leftCount,
    gradient: split.leftGradient,
    hessian: split.leftHessian,
  };
  const right: Leaf = {
    ...both,
    node: 2 * leafCount,
    start: leaf.start + leftCount,
    count: leaf.count - leftCount,
    gradient: leaf.gradient - split.leftGradient,
    hessian: leaf.hessian - split.leftHessian,
  };
  return [left, right];
}

/**
 * Counts the smaller child's histogram; the larger one's is the parent's less that (the subtraction trick).
 */
function searchChildren(
  ctx: TreeContext,
  leaves: readonly Leaf[],
  parent: Leaf,
  children: [Leaf, Leaf],
): void {
  const { pool, kernel, work } = ctx;
  const [small, large] = children[0].count <= children[1].count ? children : [children[1], children[0]];
  const holders = leaves.filter((leaf) => leaf !== parent);
  if (!canSplit(ctx, large)) {
    pool.release(parent.slot);
    return;
  }
  if (parent.slot >= 0 || canSplit(ctx, small)) {
    small.slot = pool.take(holders);
    fillHistogram(ctx, small);
  }
  if (parent.slot >= 0) {
    large.slot = parent.slot;
    kernel.subtract(pool.address(large.slot), pool.address(small.slot), work.cellCount);
  } else {
    large.slot = pool.take(holders);
    fillHistogram(ctx, large);
  }
  search(ctx, large);
  if (canSplit(ctx, small)) {
    search(ctx, small);
  } else {
    pool.release(small.slot);
    small.slot = -1;
  }
}
