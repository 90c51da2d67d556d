import { seededRandom } from '../random.ts';
import { baseMargin, meanLoss, updateGradients } from './boosting-loss.ts';
import { drawFirst, drawSize } from './draw.ts';
import type { GrowContext } from './grow-context.ts';
import { treeGrower } from './grow-tree.ts';
import { addBinned } from './predict-binned.ts';
import type { GrownTree } from './tree-builder.ts';
import type { Tree, TreeFit, TreeIteration } from './tree-model.ts';

/** What one fit needs besides its context. */
export interface BoostInput {
  readonly features: readonly string[];
  readonly seed: number;
  readonly onIteration?: ((iteration: TreeIteration) => void) | undefined;
}

/**
 * Boosts on the binned rows of the context until the rounds are done, patience is out or no tree can split.
 */
export function boostTrees(ctx: GrowContext, { features, seed, onIteration }: BoostInput): TreeFit {
  const { params } = ctx;
  const state = boostState(ctx);
  const base = baseMargin(params.objective, state.target);
  state.scores.fill(base);
  state.validationScores.fill(base);
  updateGradients(ctx);
  const watch = bestWatch(ctx);
  const grower = treeGrower(ctx);
  const trees: Tree[] = [];
  const history: TreeIteration[] = [];
  const sampled = params.rowFraction < 1 || params.featureFraction < 1;
  for (let round = 1; round <= params.rounds && !watch.stopped(); round++) {
    const random = seededRandom(seed, round);
    const rowCount = drawRows(ctx, state, random);
    const columns = drawColumns(ctx, random);
    const { tree, leaves } = grower.grow(rowCount, columns);
    // another draw may still split, the same rows and features may not
    if (leaves.length === 1 && !sampled) break;
    for (const leaf of leaves) addLeaf(state, leaf.start, leaf.count, tree.value[leaf.node] as number);
    if (rowCount < ctx.data.rows)
      addBinned(tree, ctx.map, state.train, state.scores, state.rows.subarray(rowCount));
    addBinned(tree, ctx.map, state.validation, state.validationScores);
    trees.push(withoutBins(tree));
    const iteration = measure(ctx, state, round);
    history.push(iteration);
    watch.see(iteration);
    onIteration?.(iteration);
  }
  const bestIteration = watch.best() ?? trees.length;
  const model = {
    kind: 'trees',
    objective: params.objective,
    base,
    features,
    trees: trees.slice(0, bestIteration),
  } as const;
  return { model, history, bestIteration };
}

type BoostState = ReturnType<typeof boostState>;

/** The arrays of one fit in the arena. */
function boostState({ arena, data, work }: GrowContext) {
  const f64 = (address: number, length: number): Float64Array =>
    arena.f64.subarray(address / 8, address / 8 + length);
  const u8 = (address: number, rows: number): Uint8Array =>
    arena.u8.subarray(address, address + rows * data.stride);
  const rows = arena.u32.subarray(work.rows / 4, work.rows / 4 + data.rows);
  return {
    rows,
    scores: f64(work.scores, data.rows),
    target: f64(data.target, data.rows),
    validationScores: f64(work.validationScores, data.validationRows),
    validationTarget: f64(data.validationTarget, data.validationRows),
    train: { bins: u8(data.bins, data.rows), stride: data.stride },
    validation: { bins: u8(data.validationBins, data.validationRows), stride: data.stride },
  };
}

/** Fills the row list, this tree's rows first, and tells how many they are. */
function drawRows(
  { params }: GrowContext,
  { rows }: BoostState,
  random: ReturnType<typeof seededRandom>,
): number {
  const size = drawSize(rows.length, params.rowFraction);
  if (size < rows.length) drawFirst(rows, size, random);
  else for (let i = 0; i < rows.length; i++) rows[i] = i;
  return size;
}

function drawColumns({ params, map }: GrowContext, random: ReturnType<typeof seededRandom>): Uint32Array {
  const all = Uint32Array.from(map.edges.keys());
  const size = drawSize(all.length, params.featureFraction);
  if (size < all.length) drawFirst(all, size, random);
  return all.subarray(0, size);
}

function addLeaf({ rows, scores }: BoostState, start: number, count: number, value: number): void {
  for (let i = start; i < start + count; i++) {
    const row = rows[i] as number;
    scores[row] = (scores[row] as number) + value;
  }
}

/** The losses after a round; leaves the gradients of the next one behind. */
function measure(ctx: GrowContext, state: BoostState, iteration: number): TreeIteration {
  const { objective } = ctx.params;
  const train = updateGradients(ctx);
  if (ctx.data.validationRows === 0) return { iteration, train, validation: null };
  return {
    iteration,
    train,
    validation: meanLoss(objective, state.validationScores, state.validationTarget),
  };
}

/** Remembers the round of least validation loss (the earliest of equals) and when patience runs out. */
function bestWatch({ params }: GrowContext) {
  let best: number | null = null;
  let least = Number.POSITIVE_INFINITY;
  let last = 0;
  return {
    see: ({ iteration, validation }: TreeIteration): void => {
      last = iteration;
      if (validation === null || !(validation < least)) return;
      least = validation;
      best = iteration;
    },
    best: (): number | null => best,
    stopped: (): boolean => params.patience > 0 && best !== null && last - best >= params.patience,
  };
}

function withoutBins({ lastLeftBin: _, ...tree }: GrownTree): Tree {
  return tree;
}
