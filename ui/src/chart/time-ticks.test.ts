import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { timeTicks } from './time-ticks.ts';

const at = (text: string): number => Date.parse(`${text}Z`);
const written = (from: string, to: string, width: number): string[] => {
  const { ticks, text } = timeTicks(at(from), at(to), width);
  return ticks.map(text);
};

test('over months each first of a month is a tick, and the year is said where it begins', () => {
  assert.deepEqual(written('2000-11-03T00:00', '2001-03-20T00:00', 800), [
    'Dec 2000',
    'Jan 2001',
    'Feb',
    'Mar',
  ]);
  const { ticks } = timeTicks(at('2001-02-01T00:00'), at('2001-06-30T00:00'), 300);
  assert.deepEqual(
    ticks,
    [2, 3, 4, 5, 6].map((month) => at(`2001-0${month}-01T00:00`)),
  );
});

test('a narrow axis leaves months out, and years alone are written over decades', () => {
  assert.deepEqual(written('2001-01-15T00:00', '2001-12-15T00:00', 220), ['Apr 2001', 'Jul', 'Oct']);
  assert.deepEqual(written('1995-06-01T00:00', '2020-06-01T00:00', 300), [
    '2000',
    '2005',
    '2010',
    '2015',
    '2020',
  ]);
});

test('over days dates are written, within two days the time of day', () => {
  assert.deepEqual(written('2001-03-01T00:00', '2001-03-05T00:00', 500), [
    '2001-03-01',
    '2001-03-02',
    '2001-03-03',
    '2001-03-04',
    '2001-03-05',
  ]);
  assert.deepEqual(written('2001-03-01T01:00', '2001-03-01T08:00', 300), ['03:00', '06:00']);
});

test('ticks lie within the axis, in order, and no more than there is room for', () => {
  const time = fc.integer({ min: -2e13, max: 2e14 });
  fc.assert(
    fc.property(time, time, fc.integer({ min: 60, max: 2000 }), (a, b, width) => {
      const [low, high] = [Math.min(a, b), Math.max(a, b)];
      const { ticks } = timeTicks(low, high, width);
      assert.ok(ticks.every((tick, i) => tick >= low && tick <= high && tick > (ticks[i - 1] ?? -Infinity)));
      assert.ok(ticks.length <= width / 46 + 2);
    }),
    { seed: 7, numRuns: 300 },
  );
});

test('a time that is no date has no ticks', () => {
  assert.deepEqual(timeTicks(0, 1e300, 500).ticks, []);
});
