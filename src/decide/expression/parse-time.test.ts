import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseTime } from './parse-time.ts';

const pad = (value: number, digits: number): string => String(value).padStart(digits, '0');

test('the usual form of every moment is what ECMAScript reads in it', () => {
  const moment = fc.integer({ min: Date.UTC(100, 0, 1), max: Date.UTC(9999, 11, 31) });
  fc.assert(
    fc.property(moment, (ms) => {
      const text = new Date(Math.floor(ms / 1_000) * 1_000).toISOString();
      const plain = text.slice(0, 19);
      assert.equal(parseTime(`${plain}Z`), Date.parse(text));
      assert.equal(parseTime(plain), Date.parse(text));
      assert.equal(parseTime(plain.replace('T', ' ')), Date.parse(text));
      assert.equal(parseTime(`${plain}+00:00`), Date.parse(text));
    }),
    { numRuns: 2_000 },
  );
});

test('every day from 1896 to 2104 is one day after the one before, and no day beside them is one', () => {
  let expected = Date.UTC(1896, 0, 1);
  for (let year = 1896; year <= 2104; year++) {
    for (let month = 0; month <= 13; month++) {
      const days = month >= 1 && month <= 12 ? new Date(Date.UTC(year, month, 0)).getUTCDate() : 0;
      for (let day = 0; day <= 32; day++) {
        const parsed = parseTime(`${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}T00:00:00Z`);
        if (day < 1 || day > days) {
          assert.ok(Number.isNaN(parsed), `${year} ${month} ${day}`);
          continue;
        }
        assert.equal(parsed, expected);
        expected += 86_400_000;
      }
    }
  }
});

test('what only looks like the usual form is no time', () => {
  for (const text of [
    '2001-02-03T24:00:00Z',
    '2001-02-03T10:60:00Z',
    '2001-02-03T10:00:60Z',
    '2001-02-03T10:00:0aZ',
    '2001-02-03T10:00:/0Z',
    '2001-02-03T10:00:00z ',
    '2001/02/03T10:00:00Z',
    '0099-02-03T10:00:00Z',
    '２001-02-03T10:00:00',
  ]) {
    assert.ok(Number.isNaN(parseTime(text)), text);
  }
});
