import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { seededRandom } from '../random.ts';
import { createArena } from './arena.ts';
import { fitBinMap } from './bin-map.ts';
import { boostTrees } from './boost-trees.ts';
import { wasmKernel } from './kernel-wasm.ts';
import { fillData } from './training-data.ts';
import { layOutData, layOutWork } from './training-layout.ts';
import { defaultTreeParams } from './tree-params.ts';

/** One tree on whole-number gradients: every sum is exact, so subtracted and counted histograms are equal. */
function growWithSlots(slots: number) {
  const random = seededRandom(6);
  const rows = 2_000;
  const columns = [0, 1, 2].map(() => Float32Array.from({ length: rows }, () => random.below(90)));
  const target = new Float64Array(rows);
  for (let i = 0; i < rows; i += 2) {
    // pairs of opposite targets: the mean, and so the base, is 0
    target[i] = (columns[0]?.[i] ?? 0) + random.below(50);
    target[i + 1] = -(target[i] ?? 0);
  }
  const matrix = { rows, names: ['a', 'b', 'c'], columns };
  const params = { ...defaultTreeParams('regression'), rounds: 1, leaves: 40, rowsPerLeafMin: 5 };
  const map = fitBinMap(matrix, 255);
  const data = layOutData(rows, 0, 3);
  const work = { ...layOutWork(data, map, params, data.end), slots };
  const arena = createArena(work.end);
  fillData({ arena, data, map }, { matrix, target });
  return boostTrees(
    { arena, kernel: wasmKernel(arena), data, work, map, params },
    { features: matrix.names, seed: 0 },
  );
}

test('leaves that lost their histogram are split just the same', () => {
  const roomy = growWithSlots(41);
  assert.equal(roomy.model.trees[0]?.feature.length, 79);
  for (const slots of [3, 4, 9]) assert.deepEqual(growWithSlots(slots), roomy);
});
