import type { Json, JsonObject } from './json.ts';
import { isArrayOf, isNumber, isObject, isOptional, isString, isStringIn } from './json-guard.ts';

/**
 * The vocabulary in which evidence says what can be drawn. A body holds
 *
 *     { figures: [ { kind, title, caption?, … } ], … }
 *
 * - `line`        x, y: axes · series: [{ name, points: [[x, y | null], …], band?: [[x, low, high], …] }]
 *                 · thresholds? · marks?: [{ at, kind, label }, …], moments on x
 * - `bars`        x, y: axes · categories: [text, …] · series: [{ name, values, low?, high? }] · thresholds?
 * - `histogram`   x, y: axes · edges: n + 1 numbers · series: [{ name, counts: n numbers }]
 * - `reliability` series: [{ name, bins: [{ predicted, observed, count, low?, high? }] }]
 * - `roc`         series: [{ name, points: [[falsePositiveRate, truePositiveRate], …], area? }]
 *
 * An axis is `{ label, unit?, scale?: 'number' | 'share' | 'time' }`; a threshold `{ value, label }` is a
 * bound. `src/kernel/figure.ts` has the same vocabulary as a schema for the server; a test compares the two.
 * It is written out here so that the schema library stays out of the first load (14 KB gz).
 */
export interface Axis {
  readonly label: string;
  readonly unit?: string;
  readonly scale?: 'number' | 'share' | 'time';
}

export interface Threshold {
  readonly value: number;
  readonly label: string;
}

/** What a moment of a line figure can be. */
export const MARK_KINDS = [
  'incident',
  'resolved',
  'retraining',
  'promotion',
  'refusal',
  'rollback',
  'exit',
] as const;
export type MarkKind = (typeof MARK_KINDS)[number];

/** A moment that stands on the x axis. */
export interface Mark {
  readonly at: number;
  readonly kind: MarkKind;
  readonly label: string;
}

interface Head {
  readonly title: string;
  readonly caption?: string;
}

export interface LineFigure extends Head {
  readonly kind: 'line';
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly {
    readonly name: string;
    readonly points: readonly (readonly [number, number | null])[];
    readonly band?: readonly (readonly [number, number, number])[];
  }[];
  readonly thresholds?: readonly Threshold[];
  readonly marks?: readonly Mark[];
}

export interface BarsFigure extends Head {
  readonly kind: 'bars';
  readonly x: Axis;
  readonly y: Axis;
  readonly categories: readonly string[];
  readonly series: readonly {
    readonly name: string;
    readonly values: readonly (number | null)[];
    readonly low?: readonly (number | null)[];
    readonly high?: readonly (number | null)[];
  }[];
  readonly thresholds?: readonly Threshold[];
}

export interface HistogramFigure extends Head {
  readonly kind: 'histogram';
  readonly x: Axis;
  readonly y: Axis;
  readonly edges: readonly number[];
  readonly series: readonly { readonly name: string; readonly counts: readonly number[] }[];
}

export interface ReliabilityBin {
  readonly predicted: number;
  readonly observed: number;
  readonly count: number;
  readonly low?: number;
  readonly high?: number;
}

export interface ReliabilityFigure extends Head {
  readonly kind: 'reliability';
  readonly series: readonly { readonly name: string; readonly bins: readonly ReliabilityBin[] }[];
}

export interface RocFigure extends Head {
  readonly kind: 'roc';
  readonly series: readonly {
    readonly name: string;
    readonly points: readonly (readonly [number, number])[];
    readonly area?: number;
  }[];
}

export type Figure = LineFigure | BarsFigure | HistogramFigure | ReliabilityFigure | RocFigure;

const isNullable = (value: Json): value is number | null => value === null || isNumber(value);

function isAxis(value: Json | undefined): boolean {
  return (
    isObject(value) &&
    isString(value['label']) &&
    isOptional(value['unit'], isString) &&
    isOptional(value['scale'], isStringIn(['number', 'share', 'time']))
  );
}

function isThreshold(value: Json): boolean {
  return isObject(value) && isNumber(value['value']) && isString(value['label']);
}

function isMark(value: Json): boolean {
  return (
    isObject(value) &&
    isNumber(value['at']) &&
    isStringIn(MARK_KINDS)(value['kind'] ?? '') &&
    isString(value['label'])
  );
}

const isPoint = (value: Json): boolean =>
  Array.isArray(value) && value.length === 2 && isNumber(value[0]) && isNullable(value[1]);
const isRate = (value: Json): boolean => Array.isArray(value) && value.length === 2 && value.every(isNumber);
const isBand = (value: Json): boolean => Array.isArray(value) && value.length === 3 && value.every(isNumber);
const isNullables = isArrayOf(isNullable);

/** What each kind asks of one series. */
const SERIES: Record<Figure['kind'], (series: JsonObject) => boolean> = {
  line: (series) => isArrayOf(isPoint)(series['points']) && isOptional(series['band'], isArrayOf(isBand)),
  bars: (series) =>
    isNullables(series['values']) &&
    isOptional(series['low'], isNullables) &&
    isOptional(series['high'], isNullables),
  histogram: (series) => isArrayOf(isNumber)(series['counts']),
  reliability: (series) =>
    isArrayOf((bin) => isObject(bin) && [bin['predicted'], bin['observed'], bin['count']].every(isNumber))(
      series['bins'],
    ),
  roc: (series) => isArrayOf(isRate)(series['points']) && isOptional(series['area'], isNumber),
};

/**
 * Is this a figure that the charts can draw? Lists that do not match in length are drawn as far as they
 * go.
 */
export function isFigure(value: Json): boolean {
  if (!isObject(value) || !isString(value['title']) || !isOptional(value['caption'], isString)) return false;
  const kind = value['kind'];
  if (!isString(kind) || !Object.hasOwn(SERIES, kind)) return false;
  const known = kind as Figure['kind']; // a key of SERIES, just checked
  const series = value['series'];
  if (!isArrayOf((one) => isObject(one) && isString(one['name']) && SERIES[known](one))(series)) return false;
  if (!Array.isArray(series) || series.length === 0) return false;
  if (known === 'roc' || known === 'reliability') return true;
  if (!isAxis(value['x']) || !isAxis(value['y'])) return false;
  if (known === 'bars' && !isArrayOf(isString)(value['categories'])) return false;
  if (known === 'histogram' && !isArrayOf(isNumber)(value['edges'])) return false;
  return (
    isOptional(value['thresholds'], isArrayOf(isThreshold)) && isOptional(value['marks'], isArrayOf(isMark))
  );
}

/** The figure, or undefined where the value is not one. */
export function asFigure(value: Json): Figure | undefined {
  return isFigure(value) ? (value as unknown as Figure) : undefined; // checked by the guard above
}
