import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDeeperThan, JSON_DEPTH_MAX } from './json-depth.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const lists = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

test('lists and objects count, side by side ones once', () => {
  assert.equal(isDeeperThan(JSON_DEPTH_MAX, bytes(lists(JSON_DEPTH_MAX))), false);
  assert.equal(isDeeperThan(JSON_DEPTH_MAX, bytes(lists(JSON_DEPTH_MAX + 1))), true);
  assert.equal(isDeeperThan(2, bytes('{"a":[],"b":[],"c":{}}')), false);
  assert.equal(isDeeperThan(2, bytes('{"a":[{}]}')), true);
});

test('what stands in a text does not count, escaped quotes in it or not', () => {
  assert.equal(isDeeperThan(1, bytes('{"a":"[[[[","b":"\\"[[["}')), false);
  assert.equal(isDeeperThan(1, bytes('{"a":"\\\\","b":[]}')), true);
});
