import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import fc from 'fast-check';
import { sortFloats } from './sort-floats.ts';

test('sortFloats orders as the platform does, few values and many, with infinities', () => {
  const values = fc.array(fc.float({ noNaN: true }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(values, fc.constantFrom(1, 200), (few, times) => {
      const column = Float32Array.from({ length: few.length * times }, (_, i) => {
        const value = few[i % few.length] ?? 0;
        return i < few.length ? value : value * (1 + i);
      });
      const expected = Float32Array.from(column).sort();
      sortFloats(column);
      assert.deepEqual(column, expected);
    }),
    { numRuns: 100, seed: 2 },
  );
});
