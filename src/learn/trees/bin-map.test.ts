import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import fc from 'fast-check';
import { assignBins, fitBinMap } from './bin-map.ts';

function bin(values: readonly number[], bins: number): { edges: number[]; codes: number[] } {
  const matrix = { rows: values.length, names: ['x'], columns: [Float32Array.from(values)] };
  const map = fitBinMap(matrix, bins);
  const codes = new Uint8Array(values.length);
  assignBins(map, matrix, { rows: codes });
  return { edges: [...(map.edges[0] ?? [])], codes: [...codes] };
}

test('few distinct values get a bin each, with edges half way', () => {
  const { edges, codes } = bin([3, 1, 2, 2, 3], 255);
  assert.deepEqual(edges.slice(0, -1), [1.5, 2.5]);
  assert.deepEqual(codes, [2, 0, 1, 1, 2]);
});

test('missing values get the number after the last bin', () => {
  assert.deepEqual(bin([1, Number.NaN, 2], 255).codes, [0, 2, 1]);
  assert.deepEqual(bin([Number.NaN], 255).codes, [1]);
});

test('neighbouring float32 values and both zeros are told apart as <= tells them', () => {
  const next = 1 + 2 ** -23;
  assert.deepEqual(bin([1, next, -0, 0], 255).codes, [1, 2, 0, 0]);
});

test('a value with more than a share of the rows has a bin to itself', () => {
  const values = Array.from({ length: 1_000 }, (_, i) => (i < 500 ? 250 : i));
  const { codes } = bin(values, 10);
  const code = codes[0];
  assert.equal(codes.filter((other) => other === code).length, 500);
});

test('bins of a continuous column hold equal shares', () => {
  const values = Array.from({ length: 10_000 }, (_, i) => Math.fround(Math.sin(i)));
  const { codes, edges } = bin(values, 100);
  const counts = new Array<number>(edges.length).fill(0);
  for (const code of codes) counts[code] = (counts[code] ?? 0) + 1;
  assert.equal(edges.length, 100);
  assert.ok(Math.min(...counts) >= 95 && Math.max(...counts) <= 105);
});

test('edges ascend, are at most as many as bins, and a bin is where x <= edge first holds', () => {
  const values = fc.array(fc.oneof(fc.integer({ min: -20, max: 20 }), fc.float()), {
    minLength: 1,
    maxLength: 300,
  });
  fc.assert(
    fc.property(values, fc.integer({ min: 2, max: 40 }), (raw, bins) => {
      const column = raw.map(Math.fround);
      const { edges, codes } = bin(column, bins);
      assert.ok(edges.length <= bins);
      for (const [i, edge] of edges.entries()) assert.ok(i === 0 || (edges[i - 1] ?? 0) < edge);
      for (const [i, x] of column.entries()) {
        const expected = Number.isNaN(x) ? edges.length : edges.findIndex((edge) => x <= edge);
        assert.equal(codes[i], expected);
      }
    }),
    { numRuns: 300, seed: 5 },
  );
});
