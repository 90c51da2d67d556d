import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CompiledFeatures } from '../../data/index.ts';
import { recordOf } from '../book/book-testbed.ts';
import { MISSING_SLICE, sliceReader } from './slice-reader.ts';

const field = (name: string) => ({ kind: 'field' as const, name });

/** Two fields; the hour is no model input, the double of the amount is one. */
const FEATURES: CompiledFeatures = {
  columns: [],
  definition: {
    fields: [
      { name: 'placed', type: 'time', nullable: true },
      { name: 'amount', type: 'number', nullable: true },
    ],
    features: [
      { name: 'hour', type: 'number', expression: { kind: 'call', fn: 'hour', args: [field('placed')] } },
      {
        name: 'double',
        type: 'number',
        expression: { kind: 'call', fn: '*', args: [field('amount'), { kind: 'literal', value: 2 }] },
      },
    ],
    tables: [],
  },
  inputs: [{ name: 'double', type: 'number' }],
  tables: [],
  source: 'src',
  outcomeSql: '',
  target: 'late',
  available: null,
  time: null,
  hash: '',
};

describe('slices of a prediction', () => {
  const slices = sliceReader(FEATURES, ['hour', 'double', 'amount', 'nowhere']);
  const of = (fields: Record<string, number | string | null>, features: Record<string, number | null>) =>
    slices(recordOf(0, { features, score: 0.5, truth: 0 }, { fields }));

  test('come from the log, else from the expressions that serve them, in the order asked', () => {
    // The log says what the model was given, whatever the expressions are now.
    assert.deepEqual(of({ placed: '2024-01-01T17:30:00Z', amount: 4 }, { double: 9 }), [
      '17',
      '9',
      '4',
      MISSING_SLICE,
    ]);
  });

  test('are one of their own where a value is missing', () => {
    assert.deepEqual(of({ placed: null, amount: null }, { double: null }), Array(4).fill(MISSING_SLICE));
    assert.deepEqual(of({ placed: '2024-01-01', amount: 0 }, { double: 0 }), ['0', '0', '0', MISSING_SLICE]);
  });

  test('of a request that an earlier release took are read as far as it goes', () => {
    assert.deepEqual(of({ amount: 4, old: 1 }, { double: 8 }), [MISSING_SLICE, '8', '4', MISSING_SLICE]);
  });
});
