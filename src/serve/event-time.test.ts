import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseEventTime } from './event-time.ts';

test('parseEventTime() reads the examples of RFC 3339 §5.8', () => {
  assert.equal(parseEventTime('1985-04-12T23:20:50.52Z'), 482_196_050_520);
  assert.equal(parseEventTime('1996-12-19T16:39:57-08:00'), 851_042_397_000);
  assert.equal(parseEventTime('1937-01-01T12:00:27.87+00:20'), -1_041_337_172_130);
});

test('parseEventTime() refuses what has no offset, no date or no such day', () => {
  for (const text of [
    '',
    '2026-01-31',
    '2026-01-31T08:05:00',
    '2026-02-30T08:05:00Z',
    'now',
    '1700000000000',
  ]) {
    assert.equal(parseEventTime(text), undefined, text);
  }
});
