import assert from 'node:assert/strict';
import test from 'node:test';
import { bodyParts } from './body-part.ts';

const kinds = (body: Parameters<typeof bodyParts>[0]): string[] => bodyParts(body).map(({ kind }) => kind);

test('judged criteria come first, then facts, figures, and the rest', () => {
  const body = {
    nested: { depth: 1 },
    rows: 5,
    figures: [
      {
        kind: 'roc',
        title: 'ROC',
        series: [
          {
            name: 'a',
            points: [
              [0, 0],
              [1, 1],
            ],
          },
        ],
      },
    ],
    criteria: [{ id: 'c', metric: 'auc', value: 0.7, bound: { at_least: 0.6 }, verdict: 'pass' }],
  };
  assert.deepEqual(kinds(body), ['criteria', 'facts', 'figure', 'section']);
});

test('a list of flat objects is a table with its verdict in the second column', () => {
  const [part] = bodyParts({
    checks: [
      { check: 'a', share: 0, verdict: 'pass' },
      { check: 'b', verdict: 'fail' },
    ],
  });
  assert.deepEqual(part, {
    kind: 'table',
    name: 'checks',
    columns: ['check', 'verdict', 'share'],
    rows: [
      ['a', 'pass', 0],
      ['b', 'fail', null],
    ],
  });
});

test('an object of flat objects is a table whose first column holds their names', () => {
  const [part] = bodyParts({ schema: { date: { type: 'time' }, delay: { type: 'number' } } });
  assert.ok(part?.kind === 'table');
  assert.deepEqual(part.rows, [
    ['date', 'time'],
    ['delay', 'number'],
  ]);
});

test('what cannot be drawn or judged stays visible under its name', () => {
  const broken = { figures: [{ kind: 'pie', title: 'no' }], criteria: [{ id: 'without a verdict' }] };
  const names = bodyParts(broken).map((part) => ('name' in part ? part.name : part.kind));
  assert.deepEqual(names.sort(), ['criteria', 'figures']);
});

test('bodies that are no objects are shown as they are', () => {
  assert.deepEqual(bodyParts([1, 2]), [{ kind: 'json', name: '', value: [1, 2] }]);
  assert.deepEqual(bodyParts(null), []);
});

test('a bound may be an object or text with its sign', () => {
  const criterion = (bound: string | { at_most: number }) => {
    const [part] = bodyParts({ criteria: [{ id: 'c', metric: 'm', value: 1, bound, verdict: 'pass' }] });
    assert.ok(part?.kind === 'criteria');
    return [part.criteria[0]?.atLeast, part.criteria[0]?.atMost];
  };
  assert.deepEqual(criterion({ at_most: 50 }), [null, 50]);
  assert.deepEqual(criterion('≥ 0.66'), [0.66, null]);
});
