import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Examples } from './examples.ts';
import { type SplitSpec, splitSpec } from './spec.ts';
import { splitBounds, splitExamples, splitSpan } from './split.ts';

const DAY = 86_400_000;
const CLOCK = Date.UTC(2001, 1, 1);
const BY_TIME: SplitSpec = { by: 'time', first_window: '31d', validation: '6d', test: '7d' };

function examplesOf(row: readonly number[], time: readonly number[] | null): Examples {
  return {
    rows: row.length,
    row: Float64Array.from(row),
    time: time === null ? null : Float64Array.from(time),
    target: Float64Array.from(row, (n) => n % 2),
    fields: { rows: row.length, columns: {} },
    features: {
      rows: row.length,
      columns: { n: { kind: 'number', values: Float64Array.from(row, (n) => n * 3) } },
    },
  };
}

test('the window ends at the project clock: train, validation, test, one after another', () => {
  const bounds = splitBounds(BY_TIME, CLOCK);
  assert.deepEqual(bounds, {
    from: CLOCK - 31 * DAY,
    validation: CLOCK - 13 * DAY,
    test: CLOCK - 7 * DAY,
    to: CLOCK,
  });
  assert.deepEqual(splitSpan(bounds, CLOCK), { from: CLOCK - 31 * DAY, to: CLOCK, known: CLOCK });
  assert.deepEqual(splitSpan(null, CLOCK), { to: CLOCK, known: CLOCK });
  assert.deepEqual(splitSpan(null, undefined), {});
});

test('by time, the parts are disjoint and complete, and one comes after the other', () => {
  const moments = fc.array(fc.integer({ min: CLOCK - 31 * DAY, max: CLOCK - 1 }), { maxLength: 60 });
  fc.assert(
    fc.property(moments, (time) => {
      const parts = splitExamples(examplesOf([...time.keys()], time), BY_TIME, splitBounds(BY_TIME, CLOCK));
      const rows = [parts.train, parts.validation, parts.test].flatMap((part) => [...part.row]);
      assert.deepEqual(
        rows.sort((a, b) => a - b),
        [...time.keys()],
      );
      const at = (part: Examples): number[] => [...(part.time ?? [])];
      assert.ok(at(parts.train).every((ms) => ms < CLOCK - 13 * DAY));
      assert.ok(at(parts.validation).every((ms) => ms >= CLOCK - 13 * DAY && ms < CLOCK - 7 * DAY));
      assert.ok(at(parts.test).every((ms) => ms >= CLOCK - 7 * DAY));
    }),
  );
});

test('by hash, each row has its part for good, whatever stands beside it, and columns stay aligned', () => {
  const split: SplitSpec = { by: 'hash', validation: 0.2, test: 0.1 };
  const all = splitExamples(examplesOf([...Array(20_000).keys()], null), split, null);
  assert.equal(all.train.rows + all.validation.rows + all.test.rows, 20_000);
  // Three standard deviations of a binomial share over 20,000 rows are 0.6 and 0.85 percentage points.
  assert.ok(Math.abs(all.test.rows / 20_000 - 0.1) < 0.0064, `test ${all.test.rows}`);
  assert.ok(Math.abs(all.validation.rows / 20_000 - 0.2) < 0.0085, `validation ${all.validation.rows}`);
  const held = new Set(all.test.row);
  const some = splitExamples(examplesOf([5, 19_999, 3, 777, 1234, 42], null), split, null);
  for (const row of some.test.row) assert.ok(held.has(row));
  for (const row of some.train.row) assert.ok(!held.has(row));
  const column = all.validation.features.columns.n;
  assert.ok(column?.kind === 'number');
  assert.deepEqual(
    [...column.values],
    Array.from(all.validation.row, (n) => n * 3),
  );
});

test('a split is by time or by hash, with what that needs', () => {
  assert.equal(splitSpec.safeParse(BY_TIME).success, true);
  for (const split of [
    { by: 'time' },
    { by: 'hash', validation: 0, test: 0.1 },
    { by: 'luck' },
    { ...BY_TIME, test: 7 },
  ]) {
    assert.equal(splitSpec.safeParse(split).success, false);
  }
});
