import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { seededRandom } from '../random.ts';
import { minimise } from './minimise.ts';
import { trainLinear } from './train-linear.ts';

test('minimise finds the minimum of a badly scaled bowl', () => {
  const scales = [1, 10, 100, 1_000];
  const { w } = minimise((x, gradient) => {
    let value = 5;
    for (const [i, scale] of scales.entries()) {
      const off = (x[i] ?? 0) - i - 1;
      value += (scale * off * off) / 2;
      gradient[i] = scale * off;
    }
    return value;
  }, 4);
  for (const [i, x] of w.entries()) assert.ok(Math.abs(x - i - 1) < 1e-6, `${x}`);
});

test('a minimum at the start is found without a step', () => {
  const { w, iterations } = minimise((_, gradient) => {
    gradient.fill(0);
    return 1;
  }, 2);
  assert.deepEqual([[...w], iterations], [[0, 0], 0]);
});

test('columns that nearly repeat each other do not send it after rounding noise', () => {
  const random = seededRandom(12);
  const rows = 4_000;
  const base = Array.from({ length: 5 }, () => Float32Array.from({ length: rows }, () => random.next()));
  // float32 sums of the others: dependent up to the seventh digit
  const sums = [0, 1, 2, 3].map(
    (j) => base[j]?.map((x, i) => x + (base[j + 1]?.[i] ?? 0)) ?? new Float32Array(),
  );
  const columns = [...base, ...sums];
  const target = Float64Array.from({ length: rows }, (_, i) =>
    (base[0]?.[i] ?? 0) + (base[1]?.[i] ?? 0) + random.next() > 1.5 ? 1 : 0,
  );
  const matrix = { rows, names: columns.map((_, i) => `x${i}`), columns };
  const start = process.cpuUsage();
  const model = trainLinear({ matrix, target, params: { objective: 'binary', l2: 1 } });
  const { user } = process.cpuUsage(start);
  // 36,000 values: about 50 ms of processor; following the noise took 3,000 passes over the rows and more
  assert.ok(user < 1_500_000, `${user} microseconds`);
  assert.ok(model.coefficients.every((weight) => Number.isFinite(weight)));
});
