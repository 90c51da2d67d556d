import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { MlflowError } from '../mlflow-error.ts';
import { parseFilter } from './parse-filter.ts';
import { parseOrder } from './parse-order.ts';

const one = (text: string) => {
  const [first, ...rest] = parseFilter(text);
  assert.equal(rest.length, 0);
  return first;
};

describe('parseFilter()', () => {
  it('reads keys with dots, spaces and quotes', () => {
    const keys = ['metrics.a.b = 1', 'metrics."a b" = 1', 'metrics.`a.b` = 1', 'm = 1', 'tags.a-b/c=1'];
    assert.deepEqual(
      keys.map((text) => [one(text)?.entity, one(text)?.key]),
      [
        ['metrics', 'a.b'],
        ['metrics', 'a b'],
        ['metrics', 'a.b'],
        [undefined, 'm'],
        ['tags', 'a-b/c'],
      ],
    );
  });

  it('reads numbers in every spelling', () => {
    const texts = ['1', '-1.5', '.5', '1e3', '+2', '1.'];
    const numbers = texts.map((text) => one(`m > ${text}`)?.value);
    assert.deepEqual(
      numbers,
      [1, -1.5, 0.5, 1_000, 2, 1].map((number) => ({ kind: 'number', number })),
    );
  });

  it('gives back any comparison that was spelled', () => {
    const key = fc.stringMatching(/^[a-z][a-z0-9_. -]{0,10}$/);
    const value = fc.string({ maxLength: 20 });
    const operator = fc.constantFrom('=', '!=', 'LIKE', 'ilike');
    fc.assert(
      fc.property(fc.array(fc.tuple(key, operator, value), { minLength: 1, maxLength: 5 }), (items) => {
        const text = items
          .map(([name, sign, literal]) => `tags."${name}" ${sign} '${literal.replaceAll("'", "''")}'`)
          .join(' and ');
        assert.deepEqual(
          parseFilter(text).map(({ key: name, operator: sign, value: literal }) => [name, sign, literal]),
          items.map(([name, sign, literal]) => [name, sign.toUpperCase(), { kind: 'text', text: literal }]),
        );
      }),
    );
  });

  it('reads or refuses any text, and never fails otherwise', () => {
    const pieces = fc.constantFrom(
      'a',
      '.',
      "'",
      '"',
      '`',
      ' ',
      'AND',
      'IN',
      '(',
      ')',
      ',',
      '=',
      '!',
      '<',
      '1',
      '-',
      'IS NULL',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(pieces).map((list) => list.join('')),
        ),
        (text) => {
          for (const parse of [parseFilter, parseOrder]) {
            try {
              parse(text);
            } catch (error) {
              assert.ok(error instanceof MlflowError, String(error));
            }
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('takes time linear in the length of what it refuses', () => {
    for (const text of [
      '"'.repeat(49_999),
      `'${"''".repeat(24_000)}`,
      'a.'.repeat(24_000),
      '('.repeat(49_000),
    ]) {
      const start = performance.now();
      assert.throws(() => parseFilter(text), MlflowError);
      assert.ok(performance.now() - start < 500, text.slice(0, 5));
    }
  });
});
