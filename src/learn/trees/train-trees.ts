import type { LabelledRows } from '../labelled-rows.ts';
import { checkFeatures, checkMatrix } from '../matrix.ts';
import { checkTarget } from '../target.ts';
import { createArena } from './arena.ts';
import { fitBinMap } from './bin-map.ts';
import { boostTrees } from './boost-trees.ts';
import { wasmKernel } from './kernel-wasm.ts';
import { fillData } from './training-data.ts';
import { layOutData, layOutWork } from './training-layout.ts';
import type { KernelFactory } from './tree-kernel.ts';
import type { TreeFit, TreeIteration } from './tree-model.ts';
import { checkTreeParams, type TreeParams } from './tree-params.ts';

/** What a fit depends on: rows, parameters and seed; the rest only watches. */
export interface TrainTreesInput extends LabelledRows {
  readonly params: TreeParams;
  readonly seed: number;
  /**
   * Rows that the loss is watched on; with `params.patience` they decide when to stop and which trees to
   * keep.
   */
  readonly validation?: LabelledRows;
  readonly onIteration?: (iteration: TreeIteration) => void;
  /** The inner loops; tests pass the plain one. */
  readonly kernel?: KernelFactory;
}

/**
 * Gradient-boosted trees by histograms, grown leaf by leaf (Ke et al., LightGBM, NeurIPS 2017). The same
 * input and seed give the same bits. Memory: two bytes for each value, 32 bytes a row, and the histograms (at
 * most 64 MB).
 * @throws INVALID_INPUT for parameters, shapes or targets out of range; TOO_LARGE above 4 GB.
 */
export function trainTrees(input: TrainTreesInput): TreeFit {
  const { matrix, target, params, seed, validation } = input;
  checkTreeParams(params);
  checkMatrix(matrix);
  checkTarget(target, matrix.rows, params.objective);
  if (validation !== undefined) {
    checkFeatures(validation.matrix, matrix.names);
    checkTarget(validation.target, validation.matrix.rows, params.objective);
  }
  const map = fitBinMap(matrix, params.bins);
  const data = layOutData(matrix.rows, validation?.matrix.rows ?? 0, matrix.columns.length);
  const work = layOutWork(data, map, params, data.end);
  const arena = createArena(work.end);
  fillData({ arena, data, map }, { matrix, target }, validation);
  const kernel = (input.kernel ?? wasmKernel)(arena);
  const ctx = { arena, kernel, data, work, map, params };
  return boostTrees(ctx, { features: matrix.names, seed, onIteration: input.onIteration });
}
