import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { LogicalType } from '../../../table/table-schema.ts';
import { readOutcomeValue } from './outcome-value.ts';

/** What is read of one value of a column. */
function read(type: LogicalType, value: unknown): unknown {
  const answer = readOutcomeValue(value, [{ name: 'x', type }]);
  return 'values' in answer ? answer.values.x : undefined;
}

describe('the value of an outcome', () => {
  test('is of the type of its column, bare or named', () => {
    const right: [LogicalType, unknown, unknown][] = [
      ['integer', -3, -3],
      ['number', 0.1, 0.1],
      ['boolean', false, false],
      ['string', '', ''],
      ['time', '1970-01-01T00:00:01Z', 1000],
      ['time', 1.5, 1],
      ['other', '10:30:00', '10:30:00'],
    ];
    for (const [type, value, expected] of right) {
      assert.equal(read(type, value), expected, type);
      assert.equal(read(type, { x: value }), expected, type);
    }
    const wrong: [LogicalType, unknown][] = [
      ['integer', 1.5],
      ['integer', 2 ** 60],
      ['integer', true],
      ['number', '1'],
      ['number', Number.POSITIVE_INFINITY],
      ['number', Number.NaN],
      ['boolean', 1],
      ['boolean', 'true'],
      ['string', 1],
      ['string', 'x'.repeat(1_001)],
      ['time', 'yesterday'],
      ['time', 1e18],
      ['other', 5],
    ];
    for (const [type, value] of wrong) {
      assert.equal(read(type, value), undefined, `${type} ${String(value)}`);
      assert.equal(read(type, { x: value }), undefined, `${type} ${String(value)}`);
    }
  });

  test('names every column that there is, and none besides', () => {
    const two = [
      { name: 'x', type: 'number' as const },
      { name: 'constructor', type: 'boolean' as const },
    ];
    assert.deepEqual(readOutcomeValue(JSON.parse('{"constructor":true,"x":1}'), two), {
      values: { x: 1, constructor: true },
    });
    for (const value of [1, null, [], {}, { x: 1 }, { x: 1, constructor: true, y: 2 }]) {
      const answer = readOutcomeValue(value, two);
      assert.ok('mistake' in answer && answer.mistake.length < 200, JSON.stringify(value));
    }
    assert.ok('mistake' in readOutcomeValue(1, []));
    assert.deepEqual(readOutcomeValue({}, []), { values: {} });
  });

  test('never throws, whatever is sent', () => {
    const types: LogicalType[] = ['integer', 'number', 'boolean', 'string', 'time', 'other'];
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(...types), (value, type) => {
        const answer = readOutcomeValue(value, [{ name: 'x', type }]);
        if ('mistake' in answer) assert.ok(answer.mistake.length < 300);
      }),
    );
  });
});
