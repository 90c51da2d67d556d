import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isDue } from './schedule.ts';
import { triggerRefusal } from './trigger-refusal.ts';

const DAY_MS = 86_400_000;
const day = (count: number): number => Date.UTC(2001, 1, 1) + count * DAY_MS;
const done = (...days: number[]) => days.map((count) => ({ at: day(count), unfinished: false }));

describe('whether a retraining may begin', () => {
  it('without a policy it may, unless one is under way', () => {
    assert.equal(triggerRefusal({}, done(0, 1, 2), day(2)), null);
    const running = [{ at: day(0), unfinished: true }];
    assert.equal(triggerRefusal({}, running, day(90)), 'a retraining is under way');
  });

  it('the cool-down counts from the last one, and ends with its length', () => {
    const spec = { cooldown: '14d' };
    assert.equal(triggerRefusal(spec, [], day(0)), null);
    assert.match(triggerRefusal(spec, done(0, 3), day(16)) ?? '', /13d ago, cool-down 14d/);
    assert.equal(triggerRefusal(spec, done(0, 3), day(17)), null);
  });

  it('the limit counts retrainings of the month that ends now', () => {
    const spec = { limit: '2/month' };
    assert.equal(triggerRefusal(spec, done(0), day(10)), null);
    assert.match(
      triggerRefusal(spec, done(0, 10), day(20)) ?? '',
      /2 retrainings within a month, limit 2\/month/,
    );
    assert.equal(triggerRefusal(spec, done(0, 10), day(28)), null);
    assert.match(triggerRefusal({ limit: '1/day' }, done(4.5), day(5)) ?? '', /1 retrainings within a day/);
    assert.equal(triggerRefusal({ limit: '1/week' }, done(0), day(7)), null);
  });
});

describe('a schedule', () => {
  it('is due once for each of its moments, by whichever step the clock comes to it', () => {
    const hours = (schedule: 'daily' | 'weekly' | 'monthly'): number =>
      Array.from({ length: 59 * 24 }, (_, hour) => day(0) + hour * 3_600_000).filter((from) =>
        isDue(schedule, from, from + 3_600_000),
      ).length;
    // February and March 2001, from the first's midnight (not included) to the first of April's.
    assert.deepEqual([hours('daily'), hours('weekly'), hours('monthly')], [59, 8, 2]);
  });

  it('is not missed by a clock that jumps, and not due where the clock rests', () => {
    assert.equal(isDue('monthly', day(27), day(30)), true);
    assert.equal(isDue('monthly', day(0), day(27)), false);
    assert.equal(isDue('daily', day(1), day(1)), false);
  });
});
