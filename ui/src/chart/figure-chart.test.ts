import assert from 'node:assert/strict';
import test from 'node:test';
import type { BarsFigure, Figure, LineFigure } from '../evidence/figure.ts';
import { BARS_SHOWN_MAX } from './bar-chart.ts';
import { figureChart } from './figure-chart.ts';
import { figureTable } from './figure-table.ts';
import { svgText } from './svg-element.ts';
import type { SvgElement } from './svg-element.ts';

const line: LineFigure = {
  kind: 'line',
  title: 'AUC <by> round',
  x: { label: 'Round' },
  y: { label: 'AUC' },
  series: [
    {
      name: 'train',
      points: [
        [0, 0.5],
        [1, null],
        [2, 0.7],
      ],
    },
    {
      name: 'test',
      points: [
        [0, 0.4],
        [2, 0.6],
      ],
      band: [
        [0, 0.3, 0.5],
        [2, 0.5, 0.7],
      ],
    },
  ],
  thresholds: [{ value: 0.66, label: 'at least 0.66' }],
};

const bars: BarsFigure = {
  kind: 'bars',
  title: 'PSI',
  x: { label: 'Feature' },
  y: { label: 'PSI' },
  categories: Array.from({ length: 40 }, (_, i) => `feature ${i}`),
  series: [{ name: 'psi', values: Array.from({ length: 40 }, (_, i) => i / 100) }],
};

const figures: readonly Figure[] = [
  line,
  bars,
  {
    kind: 'histogram',
    title: 'h',
    x: { label: 'x' },
    y: { label: 'n' },
    edges: [0, 1, 2],
    series: [{ name: 'a', counts: [3, 5] }],
  },
  {
    kind: 'roc',
    title: 'r',
    series: [
      {
        name: 'a',
        area: 0.5,
        points: [
          [0, 0],
          [1, 1],
        ],
      },
    ],
  },
  {
    kind: 'reliability',
    title: 'c',
    series: [{ name: 'a', bins: [{ predicted: 0.2, observed: 0.5, count: 9 }] }],
  },
];

function all(element: SvgElement): SvgElement[] {
  return [element, ...element.children.flatMap((child) => (typeof child === 'string' ? [] : all(child)))];
}

const withClass = (element: SvgElement, name: string): SvgElement[] =>
  all(element).filter(({ attributes }) =>
    String(attributes['class'] ?? '')
      .split(' ')
      .includes(name),
  );

test('no figure has a style attribute or a number that is not finite, at desk and phone width', () => {
  for (const figure of figures) {
    for (const width of [300, 520]) {
      const text = svgText(figureChart(figure, width));
      assert.doesNotMatch(text, / style=|NaN|Infinity|undefined/, figure.kind);
      assert.match(text, /role="img" aria-label="[^"]{8,}"/);
    }
  }
});

test('a gap in a line breaks its path instead of bridging it', () => {
  const [train] = withClass(figureChart(line, 520), 'chart-line');
  assert.equal(String(train?.attributes['d']).match(/M/g)?.length, 2);
});

test('higher values are drawn higher, and the bound lies between what it separates', () => {
  const chart = figureChart(line, 520);
  const heights = withClass(chart, 'chart-dot').map(({ attributes }) => Number(attributes['cy']));
  const [low = 0, high = 0] = heights;
  assert.ok(high < low);
  const [bound] = withClass(chart, 'chart-bound');
  assert.ok(Number(bound?.attributes['y1']) > high && Number(bound?.attributes['y1']) < low);
});

test('bars are drawn up to the limit, the picture says so, and the table has them all', () => {
  const chart = figureChart(bars, 520);
  assert.equal(withClass(chart, 'chart-category').length, BARS_SHOWN_MAX);
  assert.match(String(chart.attributes['aria-label']), /first 30 of 40/);
  assert.equal(figureTable(bars).rows.length, 40);
});

test('text is escaped in written SVG', () => {
  assert.match(svgText(figureChart(line, 520)), /aria-label="AUC &lt;by&gt; round/);
});

test('the label of a reliability figure names the bin that is furthest off', () => {
  const chart = figureChart(
    {
      kind: 'reliability',
      title: 'Calibration',
      series: [
        {
          name: 'v3',
          bins: [
            { predicted: 0.1, observed: 0.12, count: 50 },
            { predicted: 0.6, observed: 0.4, count: 20 },
          ],
        },
      ],
    },
    400,
  );
  assert.match(String(chart.attributes['aria-label']), /where 60\u202f% was predicted and 40\u202f% came/);
});

test('a table of lines has one row for each place at which any series has a point', () => {
  assert.deepEqual(figureTable(line), {
    columns: ['Round', 'train', 'test', 'Low', 'High'],
    rows: [
      ['0', '0.5', '0.4', '0.3', '0.5'],
      ['1', '–', '–', '–', '–'],
      ['2', '0.7', '0.6', '0.5', '0.7'],
    ],
  });
});

test('bins of a histogram are named by both edges', () => {
  const histogram = figures[2];
  assert.ok(histogram);
  assert.deepEqual(figureTable(histogram).rows, [
    ['0 to 1', '3'],
    ['1 to 2', '5'],
  ]);
});
