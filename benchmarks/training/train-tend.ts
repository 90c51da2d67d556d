import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { predictTrees } from '../../src/learn/trees/predict-trees.ts';
import { trainTrees } from '../../src/learn/trees/train-trees.ts';
import { defaultTreeParams } from '../../src/learn/trees/tree-params.ts';

// Our side of the training benchmark: `train-tend.ts DIR`, as `peer.py train DIR`.

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('expected the folder with x.bin, y.bin and shape.json');
const shape = JSON.parse(readFileSync(join(folder, 'shape.json'), 'utf8')) as {
  readonly train: number;
  readonly test: number;
  readonly names: readonly string[];
};
const x = readFileSync(join(folder, 'x.bin'));
const y = readFileSync(join(folder, 'y.bin'));
const values = new Float32Array(x.buffer, x.byteOffset, x.length / 4);
const target = new Float64Array(y.buffer, y.byteOffset, y.length / 8);

function rowsFrom(start: number, end: number) {
  const all = shape.train + shape.test;
  const columns = shape.names.map((_, j) => values.subarray(j * all + start, j * all + end));
  return { rows: end - start, names: shape.names, columns };
}

const peakBytes = (): number => process.resourceUsage().maxRSS * 1024;
const matrix = rowsFrom(0, shape.train);
const before = peakBytes();
const start = performance.now();
const cpuBefore = process.cpuUsage();
const params = defaultTreeParams('binary');
const { model } = trainTrees({ matrix, target: target.subarray(0, shape.train), params, seed: 0 });
const wallSeconds = (performance.now() - start) / 1_000;
const { user, system } = process.cpuUsage(cpuBefore);
const workingBytes = peakBytes() - before;
const margins = predictTrees(model, rowsFrom(shape.train, shape.train + shape.test));
writeFileSync(join(folder, 'tend.bin'), margins);
const version = `Node ${process.version}`;
console.log(JSON.stringify({ version, wallSeconds, cpuSeconds: (user + system) / 1e6, workingBytes }));
