import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { checkFeatures, checkMatrix, selectRows } from './matrix.ts';

const matrix = {
  rows: 3,
  names: ['a', 'b'],
  columns: [Float32Array.of(1, 2, 3), Float32Array.of(4, Number.NaN, 6)],
};

test('selected rows come in the order asked, as often as asked', () => {
  const selected = selectRows(matrix, Uint32Array.of(2, 0, 2, 1));
  assert.deepEqual(selected.columns, [Float32Array.of(3, 1, 3, 2), Float32Array.of(6, 4, 6, Number.NaN)]);
  assert.equal(selected.rows, 4);
});

test('matrices of the wrong shape or with other features are refused', () => {
  checkMatrix(matrix);
  assert.throws(() => checkMatrix({ ...matrix, rows: 4 }), /expected 4 values of feature a, got 3/);
  assert.throws(() => checkMatrix({ ...matrix, names: ['a'] }), /a column for each of 1 features/);
  checkFeatures(matrix, ['a', 'b']);
  assert.throws(() => checkFeatures(matrix, ['b', 'a']), /expected the features b, a; got a, b/);
});
