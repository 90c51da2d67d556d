import assert from 'node:assert/strict';
import test from 'node:test';
import { formatDuration } from './duration.ts';
import { fieldName } from './field-name.ts';
import { shortHash } from './hash.ts';
import { formatBytes, formatNumber, formatShare } from './number.ts';
import { formatAgo, formatTime } from './time.ts';

test('numbers keep four significant digits, and thousands are grouped', () => {
  assert.equal(formatNumber(0.703_149), '0.7031');
  assert.equal(formatNumber(61_402), '61\u202f402');
  assert.equal(formatNumber(3.4), '3.4');
  assert.equal(formatNumber(1234.56), '1\u202f235');
  assert.equal(formatNumber(-12), '−12');
  assert.equal(formatNumber(0), '0');
  assert.equal(formatNumber(0.000_012), '1.20e−5');
  assert.equal(formatNumber(Number.NaN), 'not a number');
});

test('shares are percentages, with a decimal only where it says something', () => {
  assert.equal(formatShare(0.35), '35\u202f%');
  assert.equal(formatShare(0.012), '1.2\u202f%');
  assert.equal(formatShare(0), '0\u202f%');
});

test('an age is told in its largest unit, and as a date beyond a month', () => {
  const now = Date.UTC(2001, 2, 31, 12);
  assert.equal(formatAgo(now - 30_000, now), 'just now');
  assert.equal(formatAgo(now - 3 * 3_600_000, now), '3 hours ago');
  assert.equal(formatAgo(now - 86_400_000, now), 'yesterday');
  assert.equal(formatAgo(Date.UTC(2001, 0, 5), now), '2001-01-05');
});

test('times are written in UTC', () => {
  assert.equal(formatTime(Date.UTC(2001, 2, 4, 5, 6, 7)), '2001-03-04 05:06:07 UTC');
  assert.equal(formatTime(Number.NaN), 'unknown time');
});

test('names of fields become labels, whatever their case', () => {
  assert.equal(fieldName('trainingRows'), 'Training rows');
  assert.equal(fieldName('roc_auc'), 'ROC AUC');
  assert.equal(fieldName('at-most'), 'At most');
  assert.equal(fieldName('refreshMs'), 'Refresh');
  assert.equal(fieldName('delay between -90 and 1500'), 'delay between -90 and 1500');
});

test('a short hash is its head without the name of the algorithm', () => {
  assert.equal(shortHash('sha256:abcdef0123456789'), 'abcdef012345');
  assert.equal(shortHash('abcdef0123456789'), 'abcdef012345');
});

test('sizes and durations are told in their largest fitting unit', () => {
  assert.equal(formatBytes(25_276_502_016), '25.3\u202fGB');
  assert.equal(formatBytes(999), '999\u202fbytes');
  assert.equal(formatDuration(3_600_000), '1 hour');
  assert.equal(formatDuration(45 * 86_400_000), '45 days');
  assert.equal(formatDuration(1_500), '1500\u202fms');
  assert.equal(formatDuration(0), '0\u202fms');
});
