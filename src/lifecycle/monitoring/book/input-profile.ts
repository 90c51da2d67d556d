import type { Column } from '../../../kernel/column.ts';

/** Bins of a number at most: the gap that Kolmogorov and Smirnov's statistic may miss is 1 / 20. */
export const BINS_MAX = 20;

/** Levels of a text that are told apart; the others are counted together. */
const LEVELS_MAX = 50;

/** Known levels beyond those, kept to tell what was never seen; with more of them, nothing is unseen. */
const RARE_MAX = 5_000;

/** A number as it was distributed where the model was made. */
export interface NumberProfile {
  readonly kind: 'number';
  readonly name: string;
  /** Inner edges, ascending; bin i holds edges[i - 1] <= x < edges[i]. */
  readonly edges: readonly number[];
  /** Rows by bin: one more than edges. */
  readonly counts: readonly number[];
  readonly missing: number;
  /** Null without a single value. */
  readonly min: number | null;
  readonly max: number | null;
}

/** A text as it was distributed where the model was made. */
export interface CategoryProfile {
  readonly kind: 'category';
  readonly name: string;
  /** Most frequent first, equally frequent by name. */
  readonly levels: readonly string[];
  readonly counts: readonly number[];
  /** Rows of the levels beyond these. */
  readonly other: number;
  /** The levels beyond these; null where they are too many to list. */
  readonly rare: readonly string[] | null;
  readonly missing: number;
}

/** An input or the score as it was distributed where the model was made. */
export type InputProfile = NumberProfile | CategoryProfile;

/** Profiles a column. NaN, infinite values and code -1 are missing. Cost: one sort of a number's values. */
export function profileColumn(name: string, column: Column): InputProfile {
  return column.kind === 'category'
    ? profileLevels(name, column.codes, column.levels)
    : profileNumbers(name, column.values);
}

function profileNumbers(name: string, values: Float64Array): NumberProfile {
  const sorted = sortedFinite(values);
  const edges = edgesOf(sorted);
  const ends = [...edges.map((edge) => firstAtLeast(sorted, edge)), sorted.length];
  const counts = ends.map((end, bin) => end - (ends[bin - 1] ?? 0));
  const missing = values.length - sorted.length;
  return {
    kind: 'number',
    name,
    edges,
    counts,
    missing,
    min: sorted[0] ?? null,
    max: sorted.at(-1) ?? null,
  };
}

function sortedFinite(values: Float64Array): Float64Array {
  const finite = new Float64Array(values.length);
  let rows = 0;
  for (let i = 0; i < values.length; i++) if (Number.isFinite(values[i])) finite[rows++] = values[i]!;
  return finite.subarray(0, rows).sort();
}

/**
 * Few distinct values have a bin each; many have bins at the quantiles, in which a value that fills more than
 * one is alone. A constant has a bin below and one above it, so that it is seen to move.
 */
function edgesOf(sorted: Float64Array): number[] {
  const distinct = firstDistinct(sorted, BINS_MAX + 1);
  if (distinct.length === 0) return [];
  if (distinct.length === 1) return [distinct[0]!, nextAbove(distinct[0]!)];
  if (distinct.length <= BINS_MAX) {
    return distinct.slice(1).map((value, i) => between(distinct[i]!, value));
  }
  const edges: number[] = [];
  const push = (edge: number | undefined): void => {
    if (edge !== undefined && edge > (edges.at(-1) ?? sorted[0]!)) edges.push(edge);
  };
  for (let bin = 1; bin < BINS_MAX; bin++) {
    const place = Math.floor((bin * sorted.length) / BINS_MAX);
    const value = sorted[place]!;
    const before = sorted[Math.floor(((bin - 1) * sorted.length) / BINS_MAX)];
    push(value);
    if (value === before) push(sorted[firstAbove(sorted, value)]);
  }
  return edges;
}

/** The distinct values from the least on, `max` at most. */
function firstDistinct(sorted: Float64Array, max: number): number[] {
  const distinct: number[] = [];
  for (let at = 0; at < sorted.length && distinct.length < max; at = firstAbove(sorted, sorted[at]!)) {
    distinct.push(sorted[at]!);
  }
  return distinct;
}

/** Place of the first value above `value`; the length if there is none. */
function firstAbove(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Halfway, and above the lower of two neighbouring doubles too. */
function between(low: number, high: number): number {
  const middle = low + (high - low) / 2;
  return middle > low ? middle : high;
}

/** An edge right of a constant: a billionth of it, which no measurement resolves. */
function nextAbove(value: number): number {
  return value + (Math.abs(value) * 1e-9 || Number.MIN_VALUE);
}

/** Place of the first value that is not below `value`; the length if there is none. */
function firstAtLeast(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! >= value) high = middle;
    else low = middle + 1;
  }
  return low;
}

function profileLevels(name: string, codes: Int32Array, levels: readonly string[]): CategoryProfile {
  const rows = new Uint32Array(levels.length);
  let missing = 0;
  for (const code of codes) {
    if (code < 0 || code >= levels.length) missing++;
    else rows[code] = rows[code]! + 1;
  }
  const seen = [...levels.keys()].filter((code) => rows[code]! > 0);
  seen.sort((a, b) => rows[b]! - rows[a]! || (levels[a]! < levels[b]! ? -1 : 1));
  const kept = seen.slice(0, LEVELS_MAX);
  const rest = seen.slice(LEVELS_MAX);
  return {
    kind: 'category',
    name,
    levels: kept.map((code) => levels[code]!),
    counts: kept.map((code) => rows[code]!),
    other: rest.reduce((sum, code) => sum + rows[code]!, 0),
    rare: rest.length > RARE_MAX ? null : rest.map((code) => levels[code]!),
    missing,
  };
}

/** The bin of a value: how many edges are at or below it. Halves: 20 edges take five comparisons. */
export function binOf(edges: Float64Array, value: number): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (value < edges[middle]!) high = middle;
    else low = middle + 1;
  }
  return low;
}
