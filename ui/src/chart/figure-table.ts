import type { Figure } from '../evidence/figure.ts';
import { formatNumber, formatShare } from '../format/number.ts';
import { axisFormat, axisLabel } from './axis-format.ts';
import { MARK_WORDS } from './mark-lanes.ts';

/** Columns and cells of a figure, all as text. */
export interface FigureTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The marks of a figure as a table, in the order of time; undefined where it has none. */
export function markTable(figure: Figure): FigureTable | undefined {
  if (figure.kind !== 'line' || figure.marks === undefined || figure.marks.length === 0) return undefined;
  const text = axisFormat(figure.x);
  return {
    columns: [axisLabel(figure.x), 'Event', 'What'],
    rows: figure.marks
      .toSorted((a, b) => a.at - b.at)
      .map(({ at, kind, label }) => [text(at), MARK_WORDS[kind], label]),
  };
}

const EMPTY = '–';

/** The same figure as a table: what was drawn, in numbers, and nothing cut off. */
export function figureTable(figure: Figure): FigureTable {
  switch (figure.kind) {
    case 'line':
      return byPlace(figure, axisLabel(figure.x), axisFormat(figure.x), axisFormat(figure.y));
    case 'bars': {
      const text = axisFormat(figure.y);
      return {
        columns: [axisLabel(figure.x), ...figure.series.flatMap((one) => withInterval(one))],
        rows: figure.categories.map((category, row) => [
          category,
          ...figure.series.flatMap((one) =>
            [one.values, one.low, one.high]
              .filter((values) => values !== undefined)
              .map((values) => cell(values[row], text)),
          ),
        ]),
      };
    }
    case 'histogram': {
      const text = axisFormat(figure.x);
      return {
        columns: [axisLabel(figure.x), ...figure.series.map((one) => one.name)],
        rows: figure.edges
          .slice(0, -1)
          .map((edge, bin) => [
            `${text(edge)} to ${text(figure.edges[bin + 1] ?? edge)}`,
            ...figure.series.map((one) => cell(one.counts[bin], formatNumber)),
          ]),
      };
    }
    case 'reliability':
      return {
        columns: ['Series', 'Predicted', 'Observed', 'Rows'],
        rows: figure.series.flatMap((one) =>
          one.bins.map((bin) => [
            one.name,
            formatShare(bin.predicted),
            formatShare(bin.observed),
            formatNumber(bin.count),
          ]),
        ),
      };
    case 'roc':
      return {
        columns: ['Series', 'False positive rate', 'True positive rate'],
        rows: figure.series.flatMap((one) =>
          one.points.map(([fpr, tpr]) => [one.name, formatShare(fpr), formatShare(tpr)]),
        ),
      };
  }
}

function cell(value: number | null | undefined, text: (value: number) => string): string {
  return value === null || value === undefined ? EMPTY : text(value);
}

function withInterval(one: {
  readonly name: string;
  readonly low?: unknown;
  readonly high?: unknown;
}): string[] {
  return [one.name, ...(one.low === undefined ? [] : ['Low']), ...(one.high === undefined ? [] : ['High'])];
}

/** One row for each place on x at which any series has a point. */
function byPlace(
  figure: Extract<Figure, { kind: 'line' }>,
  label: string,
  xText: (value: number) => string,
  yText: (value: number) => string,
): FigureTable {
  const places = [...new Set(figure.series.flatMap((one) => one.points.map(([at]) => at)))].sort(
    (a, b) => a - b,
  );
  const columns = figure.series.flatMap(({ name, points, band }) => [
    { name, values: new Map(points) },
    ...(band === undefined
      ? []
      : [
          { name: 'Low', values: new Map(band.map(([at, low]) => [at, low])) },
          { name: 'High', values: new Map(band.map(([at, , high]) => [at, high])) },
        ]),
  ]);
  return {
    columns: [label, ...columns.map(({ name }) => name)],
    rows: places.map((at) => [xText(at), ...columns.map(({ values }) => cell(values.get(at), yText))]),
  };
}
