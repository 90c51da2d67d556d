import assert from 'node:assert/strict';
import test from 'node:test';
import type { Candidate } from '../api/answer.ts';
import { spanChart } from '../chart/span-chart.ts';
import { svgText } from '../chart/svg-element.ts';
import { isFigure } from '../evidence/figure.ts';
import { comparisonFigure } from './comparison-figure.ts';
import { trainedWindows } from './trained-windows.ts';

const day = (text: string): number => Date.parse(`${text}T00:00:00Z`);

function candidate(id: string, version: number, value: number | null): Candidate {
  return {
    id,
    project: 'p',
    retraining: 'ret_1',
    window: version === 2 ? 'all' : '1 month',
    model: 'p',
    version,
    release: null,
    state: 'refused',
    reason: '',
    evidence: [],
    comparison:
      value === null
        ? null
        : {
            metric: 'roc_auc',
            rows: 9000,
            champion: 1,
            figure: { value: 0.7, low: 0.69, high: 0.71 },
            difference: { value, low: value - 0.01, high: value + 0.01 },
            verdict: 'open',
          },
    at: 1,
  };
}

test('the candidate comes first, beside the others of its retraining, around the line at zero', () => {
  const own = candidate('cnd_2', 2, -0.002);
  const other = { ...candidate('cnd_9', 9, 0.5), retraining: 'ret_0' };
  const figure = comparisonFigure(own, [candidate('cnd_3', 3, 0.02), own, other]);
  assert.ok(figure !== undefined && isFigure(JSON.parse(JSON.stringify(figure))));
  assert.deepEqual(figure.categories, ['v2, all', 'v3, 1 month']);
  assert.deepEqual(figure.series[0]?.values, [-0.002, 0.02]);
  assert.deepEqual(figure.thresholds, [{ value: 0, label: 'no difference' }]);
  assert.equal(comparisonFigure(candidate('cnd_2', 2, null), []), undefined);
});

const trained = {
  from: day('2001-01-01'),
  validation: day('2001-02-10'),
  test: day('2001-02-20'),
  to: day('2001-03-01'),
};
const body = {
  champion: { version: 1, trained },
  candidates: [{ version: 2, trained: { ...trained, from: day('2001-02-01') } }],
  judged: { from: day('2001-02-20'), to: day('2001-03-01'), rows: 9 },
};

test('windows are those of the champion, of this candidate, and of what both were judged on', () => {
  const rows = trainedWindows(body, 2);
  assert.deepEqual(
    rows.map(({ name, spans }) => [name, ...spans.map(({ use }) => use)]),
    [
      ['champion v1', 'train', 'validation', 'test'],
      ['candidate v2', 'train', 'validation', 'test'],
      ['judged on', 'judged'],
    ],
  );
  assert.equal(rows[1]?.spans[0]?.from, day('2001-02-01'));
  assert.deepEqual(
    trainedWindows({ champion: { version: 1, trained: null }, judged: { from: null } }, 2),
    [],
  );
});

test('the picture of windows names every stretch, at desk and phone width', () => {
  for (const width of [300, 900]) {
    const text = svgText(spanChart(trainedWindows(body, 2), 'Windows', width));
    assert.doesNotMatch(text, / style=|NaN|Infinity|undefined/);
    assert.match(text, /aria-label="Windows\. champion v1: train 2001-01-01 to 2001-02-10/);
    assert.equal(text.match(/<rect/g)?.length, 7);
  }
});
