import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { recordOf } from '../book/book-testbed.ts';
import { PendingPredictions } from './pending-predictions.ts';

const OF = { features: {}, score: 0.5, truth: 0 };

function record(n: number, key: string | number | null, t = n) {
  return recordOf(t, OF, { id: `prd_${String(n).padStart(4, '0')}`, key });
}

describe('predictions that wait', () => {
  test('are found by id and key until taken; the latest of a key is meant, whenever it was read', () => {
    const order = fc.shuffledSubarray([1, 2, 3, 4, 5, 6], { minLength: 1 });
    fc.assert(
      fc.property(
        order,
        fc.array(fc.constantFrom('a', 'b', null), { minLength: 7, maxLength: 7 }),
        (ids, keys) => {
          const pending = new PendingPredictions<number>();
          for (const n of ids) pending.add(record(n, keys[n] ?? null), n);
          for (const key of ['a', 'b']) {
            const latest = Math.max(...ids.filter((n) => keys[n] === key));
            assert.equal(pending.findKey(key)?.ref, Number.isFinite(latest) ? latest : undefined);
          }
          for (const n of ids) {
            const { id } = record(n, null);
            assert.equal(pending.take(id)?.ref, n);
            assert.equal(pending.take(id), undefined);
            assert.equal(pending.find(id), undefined);
          }
          assert.equal(pending.size, 0);
          assert.ok(pending.whole);
        },
      ),
    );
  });

  test('a number and a text are two keys', () => {
    const pending = new PendingPredictions<number>();
    pending.add(record(1, 7), 1);
    pending.add(record(2, '7'), 2);
    assert.deepEqual([pending.findKey(7)?.ref, pending.findKey('7')?.ref], [1, 2]);
  });

  test('an earlier prediction never stands in for one whose outcome is known', () => {
    const pending = new PendingPredictions<number>();
    pending.passSettled(record(2, 'a'));
    pending.add(record(1, 'a'), 1);
    assert.equal(pending.findKey('a'), undefined);
    assert.equal(pending.find(record(1, 'a').id)?.ref, 1);
    pending.add(record(3, 'a'), 3);
    assert.equal(pending.findKey('a')?.ref, 3);
  });

  test('beyond what is held the oldest are given up, and old ones when their time is over', () => {
    const pending = new PendingPredictions<number>(3);
    for (let n = 1; n <= 10; n++) {
      pending.add(record(n, n), n);
      if (n % 2 === 0) pending.take(record(n, n).id);
    }
    assert.deepEqual(
      [...pending.values()].map(({ ref }) => ref),
      [7, 9],
    );
    assert.ok(!pending.whole);
    pending.expire(9);
    assert.deepEqual(
      [...pending.values()].map(({ ref }) => ref),
      [9],
    );
    assert.equal(pending.findKey(5), undefined);
  });

  test('it is known whether one that waits may stand in the log alone', () => {
    const pending = new PendingPredictions<number>();
    pending.add(record(1, 1), 1);
    pending.expire(1);
    assert.ok(pending.whole);
    pending.expire(2);
    assert.ok(!pending.whole);
    const other = new PendingPredictions<number>();
    other.passOld();
    assert.ok(!other.whole);
  });
});
