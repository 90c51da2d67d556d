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

test('lists inside the rows of a table stand folded below it, open where the row failed', () => {
  const parts = bodyParts({
    checks: [
      { rule: 'a', verdict: 'pass', samples: [] },
      { rule: 'b', verdict: 'fail', samples: [{ origin: 'GGG', delay: 1575 }] },
    ],
  });
  assert.deepEqual(
    parts.map((part) => (part.kind === 'folded' ? [part.name, part.open] : part.kind)),
    ['table', ['samples of b', true]],
  );
});

test('declared criteria are a table in words, with every field said', () => {
  const promise = { id: 'fair', metric: 'di', at_least: 0.6, by: 'hub', odd: 7, judged_by: 'testing' };
  const [part] = bodyParts({ promises: [promise] });
  assert.deepEqual(part, {
    kind: 'promises',
    name: 'promises',
    promises: [
      { promise: 'fair', metric: 'di', bound: '≥ 0.6', where: 'by hub, odd 7', judgedBy: 'testing' },
    ],
  });
});

test('what is empty is said to be none, and a feature is read as SQL', () => {
  const hour = { kind: 'call', fn: 'hour', args: [{ kind: 'field', name: 'date' }] };
  const body = { failures: [], features: [{ name: 'hour', type: 'number', expression: hour }] };
  assert.deepEqual(bodyParts(body), [
    { kind: 'facts', facts: [['failures', 'none']] },
    {
      kind: 'table',
      name: 'features',
      columns: ['name', 'type', 'expression'],
      rows: [['hour', 'number', 'hour(date)']],
    },
  ]);
});
