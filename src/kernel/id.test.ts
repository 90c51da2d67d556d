import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encodeTime, newId } from './id.ts';

const at = (now: number) => ({ now: () => now, monotonic: () => 0 });
const zeros = { bytes: (count: number) => new Uint8Array(count) };
const ones = { bytes: (count: number) => new Uint8Array(count).fill(0xff) };
const moment = fc.integer({ min: 0, max: 2 ** 48 - 1 });

test('ids sort by time, whatever their random part', () => {
  fc.assert(
    fc.property(moment, moment, (a, b) => {
      fc.pre(a < b);
      assert.ok(newId('run', at(a), ones) < newId('run', at(b), zeros));
    }),
  );
});

test('the time of an id is spelled as a ULID spells it', () => {
  // The example of the ULID specification: 01ARYZ6S41… is 1469918176385.
  assert.equal(encodeTime(1_469_918_176_385), '01aryz6s41');
  // 7ZZZZZZZZZ is the largest moment that it allows.
  assert.equal(encodeTime(2 ** 48 - 1), '7zzzzzzzzz');
});

test('an id is its prefix, 10 characters of time and 16 of randomness, distinct for distinct bytes', () => {
  assert.match(newId('evd', at(0), ones), /^evd_0{10}z{16}$/);
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 10, maxLength: 10 }),
      fc.integer({ min: 0, max: 9 }),
      (bytes, place) => {
        const other = bytes.slice();
        other[place] = (other[place] as number) ^ 1;
        const id = newId('acc', at(5), { bytes: () => bytes });
        assert.match(id, /^acc_[0-9a-hjkmnp-tv-z]{26}$/);
        assert.notEqual(id, newId('acc', at(5), { bytes: () => other }));
      },
    ),
  );
});
