import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { LogicalType } from '../../../table/table-schema.ts';
import type { CompiledFeatures } from '../../data/index.ts';
import { recordOf } from '../book/book-testbed.ts';
import { outcomeColumns, positionOf, rawValues } from './raw-values.ts';

const OF = { features: {}, score: 0.5, truth: 0 };

/**
 * What a project says of its columns: those of the source, those of a request, and the SQL of the outcome.
 */
function features(
  columns: Readonly<Record<string, LogicalType>>,
  fields: readonly string[],
  outcomeSql: string,
): CompiledFeatures {
  const own = Object.entries({ row: 'integer' as const, ...columns });
  return {
    columns: own.map(([name, type]) => ({ name, type })),
    definition: {
      fields: fields.map((name) => ({ name, type: 'number', nullable: false })),
      features: [],
      tables: [],
    },
    inputs: [],
    tables: [],
    source: 'src',
    outcomeSql,
    target: 'late',
    available: null,
    time: null,
    hash: '',
  };
}

const names = (of: CompiledFeatures, key: string | null): string[] =>
  outcomeColumns(of, key).map(({ name }) => name);

describe('the raw values of a received row', () => {
  test('an outcome brings what its SQL reads and no request has, by whole names', () => {
    const columns = {
      placed: 'time',
      id: 'integer',
      Delay: 'number',
      lag: 'number',
      'paid on': 'time',
      été: 'number',
    } as const;
    const sql = `SELECT (delay > 15) AS late, paid_id + "paid on", tété, placed FROM src`;
    assert.deepEqual(names(features(columns, ['placed'], sql), null), ['Delay', 'paid on']);
    assert.deepEqual(names(features(columns, ['placed', 'Delay'], sql), 'paid on'), []);
    assert.deepEqual(names(features(columns, [], 'SELECT id, x.lag FROM src'), 'id'), ['lag']);
    assert.deepEqual(names(features(columns, [], 'SELECT id FROM src'), 'row'), ['id']);
  });

  test('come from outcome, request and key, in the order of the source; moments as milliseconds', () => {
    const of = features(
      { when: 'time', n: 'number', code: 'string', left: 'time', none: 'boolean' },
      ['n'],
      '',
    );
    const record = recordOf(0, OF, {
      key: 'k',
      fields: { when: '1970-01-01T00:00:02Z', n: 1, left: 'soon', none: { odd: true } },
    });
    assert.deepEqual(rawValues(of, 'code', record, { values: { n: 2 } }), [2_000, 2, 'k', null, null]);
    assert.deepEqual(rawValues(of, null, record, { values: { when: 1.5, none: false } }), [
      1,
      1,
      null,
      null,
      false,
    ]);
  });

  test('stand at their key where that is the position, else each alone, beyond any file', () => {
    const record = recordOf(0, OF, { key: 12 });
    assert.equal(positionOf('row', record, 5), 12);
    const places = [0, 1, 2].map((sequence) => positionOf('id', record, sequence));
    assert.equal(new Set(places).size, 3);
    assert.ok(places.every((place) => place > 1e13 && Number.isSafeInteger(place * 2)));
    assert.equal(positionOf('row', recordOf(0, OF, { key: null }), 0), positionOf(null, record, 0));
  });
});
