import assert from 'node:assert/strict';
import test from 'node:test';
import type { LineFigure, Mark } from '../evidence/figure.ts';
import { figureTable, markTable } from './figure-table.ts';
import { lineChart } from './line-chart.ts';
import { marksSummary } from './mark-lanes.ts';
import type { SvgElement } from './svg-element.ts';

const day = (text: string): number => Date.parse(`${text}T00:00:00Z`);

const marks: readonly Mark[] = [
  { at: day('2001-04-02'), kind: 'resolved', label: 'holds again' },
  { at: day('2001-03-19'), kind: 'incident', label: 'fails' },
  { at: day('2001-03-19'), kind: 'retraining', label: 'still-good' },
  { at: day('2001-07-01'), kind: 'exit', label: 'v1' },
];

const figure: LineFigure = {
  kind: 'line',
  title: 'AUC',
  x: { label: 'Clock', scale: 'time' },
  y: { label: 'AUC' },
  series: [
    {
      name: 'v1',
      points: [
        [day('2001-02-01'), 0.7],
        [day('2001-03-01'), null],
        [day('2001-04-01'), 0.69],
        [day('2001-06-01'), 0.68],
      ],
      band: [
        [day('2001-02-01'), 0.69, 0.71],
        [day('2001-04-01'), 0.68, 0.7],
        [day('2001-06-01'), 0.67, 0.69],
      ],
    },
  ],
  marks,
};

function all(element: SvgElement): SvgElement[] {
  return [element, ...element.children.flatMap((child) => (typeof child === 'string' ? [] : all(child)))];
}

const classed = (chart: SvgElement, name: string): SvgElement[] =>
  all(chart).filter(({ attributes }) =>
    String(attributes['class'] ?? '')
      .split(' ')
      .includes(name),
  );
const texts = (chart: SvgElement): string[] =>
  all(chart).flatMap(({ tag, children }) =>
    tag === 'text' ? children.filter((child) => typeof child === 'string') : [],
  );

test('each mark is a line at its moment and a sign below it, inside the drawing', () => {
  const width = 330;
  const chart = lineChart(figure, width);
  const lines = classed(chart, 'chart-mark-line').map(({ attributes }) => attributes);
  assert.equal(lines.length, marks.length);
  assert.ok(lines.every(({ x1, x2 }) => x1 === x2 && Number(x1) >= 0 && Number(x1) <= width));
  const [incident, resolved, retraining, exit] = lines.map(({ x1 }) => Number(x1));
  assert.equal(incident === retraining || resolved === retraining, true, 'one moment is one place');
  assert.ok(Math.max(incident ?? 0, resolved ?? 0, retraining ?? 0) < (exit ?? 0), 'later is to the right');
});

test('sorts of marks have lanes of their own, and only those that there are', () => {
  const lanes = (some: readonly Mark[]): string[] =>
    texts(lineChart({ ...figure, marks: some }, 600)).filter((text) =>
      ['Incidents', 'Retraining', 'Releases'].includes(text),
    );
  assert.deepEqual(lanes(marks), ['Incidents', 'Retraining', 'Releases']);
  assert.deepEqual(lanes(marks.slice(0, 2)), ['Incidents']);
  assert.deepEqual(lanes([]), []);
});

test('lanes make the picture higher, and leave the plot as high as it was', () => {
  const height = (some: readonly Mark[]): number =>
    Number(lineChart({ ...figure, marks: some }, 600).attributes['height']);
  assert.ok(height(marks) > height(marks.slice(0, 2)) && height(marks.slice(0, 2)) > height([]));
});

test('months are ticks of a time axis', () => {
  assert.deepEqual(
    texts(lineChart(figure, 700)).filter((text) => /^[A-Z][a-z]{2}( 2001)?$/.test(text)),
    ['Feb 2001', 'Mar', 'Apr', 'May', 'Jun', 'Jul'],
  );
});

test('an interval band breaks where its line does', () => {
  assert.equal(classed(lineChart(figure, 600), 'chart-band').length, 2);
});

test('a screen reader is told how much is marked, and the table has each mark in the order of time', () => {
  assert.equal(marksSummary(marks), '1 incident, 1 resolved, 1 retraining, 1 exit');
  assert.match(String(lineChart(figure, 600).attributes['aria-label']), /Marked: 1 incident, 1 resolved/);
  assert.deepEqual(markTable(figure), {
    columns: ['Clock', 'Event', 'What'],
    rows: [
      ['2001-03-19', 'Incident', 'fails'],
      ['2001-03-19', 'Retraining', 'still-good'],
      ['2001-04-02', 'Resolved', 'holds again'],
      ['2001-07-01', 'Exit', 'v1'],
    ],
  });
  const { marks: _, ...plain } = figure;
  assert.equal(markTable(plain), undefined);
  assert.equal(figureTable(figure).rows.length, 4);
});
