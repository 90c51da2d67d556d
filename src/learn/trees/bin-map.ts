import type { FeatureMatrix } from '../matrix.ts';
import { seededRandom } from '../random.ts';
import { sortFloats } from './sort-floats.ts';

/**
 * How each feature's values fall into bins. A value is in the first bin whose upper edge it does not exceed.
 */
export interface BinMap {
  /** For each feature the upper edges, ascending float32, one for each bin. Also the thresholds of splits. */
  readonly edges: readonly Float32Array[];
}

/** Rows from which edges are estimated; LightGBM's `bin_construct_sample_cnt`, enough for 255 quantiles. */
const SAMPLE_ROWS = 200_000;
const SAMPLE_SEED = 0x7e4d;
/** Where the last bin ends: every finite float32 is below or equal. */
const FLOAT32_MAX = 3.4028234663852886e38;

/** Quantile bins of every column, at most `bins` each; the same for every seed. */
export function fitBinMap(matrix: FeatureMatrix, bins: number): BinMap {
  const rows = sampleRows(matrix.rows);
  const buffer = new Float32Array(rows?.length ?? matrix.rows);
  return { edges: matrix.columns.map((column) => columnEdges(column, rows, buffer, bins)) };
}

/** One row drawn in each of SAMPLE_ROWS equal stretches; undefined when all rows are few enough. */
function sampleRows(rows: number): Uint32Array | undefined {
  if (rows <= SAMPLE_ROWS) return undefined;
  const random = seededRandom(SAMPLE_SEED);
  const chosen = new Uint32Array(SAMPLE_ROWS);
  for (let i = 0; i < SAMPLE_ROWS; i++) chosen[i] = Math.floor(((i + random.next()) * rows) / SAMPLE_ROWS);
  return chosen;
}

function columnEdges(
  column: Float32Array,
  rows: Uint32Array | undefined,
  buffer: Float32Array,
  bins: number,
) {
  let filled = 0;
  const count = rows?.length ?? column.length;
  for (let i = 0; i < count; i++) {
    const value = column[rows === undefined ? i : (rows[i] as number)] as number;
    // NaN is missing and in no bin; -0 would sort before 0 although no split can part them
    if (value === value) buffer[filled++] = value + 0;
  }
  const sorted = buffer.subarray(0, filled);
  sortFloats(sorted);
  const { values, counts } = distinct(sorted);
  return edgesOf(values, counts, filled, bins);
}

function distinct(sorted: Float32Array): { readonly values: Float32Array; readonly counts: Uint32Array } {
  let found = 0;
  for (let i = 0; i < sorted.length; i++) if (i === 0 || sorted[i] !== sorted[i - 1]) found++;
  const values = new Float32Array(found);
  const counts = new Uint32Array(found);
  let at = -1;
  for (let i = 0; i < sorted.length; i++) {
    if (i === 0 || sorted[i] !== sorted[i - 1]) values[++at] = sorted[i] as number;
    counts[at] = (counts[at] as number) + 1;
  }
  return { values, counts };
}

/**
 * Equal-frequency bins in which a value with a bin's share or more has a bin to itself
 * (the greedy rule of LightGBM, `GreedyFindBin` in src/io/bin.cpp). Few distinct values get one bin each.
 */
function edgesOf(values: Float32Array, counts: Uint32Array, total: number, bins: number): Float32Array {
  const edges: number[] = [];
  const last = values.length - 1;
  if (values.length <= bins) {
    for (let i = 0; i < last; i++) edges.push(between(values[i] as number, values[i + 1] as number));
  } else {
    let share = total / bins;
    let binsLeft = bins;
    let rowsLeft = total;
    const big = counts.map((count) => (count >= share ? 1 : 0));
    for (let i = 0; i <= last; i++) {
      if (big[i] === 1) {
        binsLeft--;
        rowsLeft -= counts[i] as number;
      }
    }
    share = rowsLeft / binsLeft;
    let inBin = 0;
    for (let i = 0; i < last && edges.length < bins - 1; i++) {
      if (big[i] === 0) rowsLeft -= counts[i] as number;
      inBin += counts[i] as number;
      const nextIsBig = big[i + 1] === 1 && inBin >= Math.max(1, share / 2);
      if (big[i] === 0 && inBin < share && !nextIsBig) continue;
      edges.push(between(values[i] as number, values[i + 1] as number));
      inBin = 0;
      if (big[i] === 0) share = rowsLeft / --binsLeft;
    }
  }
  edges.push(values[last] === Number.POSITIVE_INFINITY ? Number.POSITIVE_INFINITY : FLOAT32_MAX);
  return Float32Array.from(edges);
}

/** A float32 t with a <= t < b, in the middle where float32 has one. */
function between(a: number, b: number): number {
  const middle = Math.fround(a / 2 + b / 2);
  return middle >= a && middle < b ? middle : a;
}

/** Edges searched at once: a power of two above BINS_MAX makes the search branch on nothing but the value. */
const SEARCH_WIDTH = 256;

/** Where bins are written: row by row (a byte for each feature of the map), and column by column if asked. */
export interface BinPlaces {
  readonly rows: Uint8Array;
  readonly columns?: Uint8Array;
}

/**
 * Writes the bin of every value. Missing gets the number after the last bin. With `features` only those
 * columns are read and written.
 */
export function assignBins(
  map: BinMap,
  matrix: FeatureMatrix,
  out: BinPlaces,
  features: Iterable<number> = map.edges.keys(),
): void {
  const stride = map.edges.length;
  const padded = new Float32Array(SEARCH_WIDTH);
  for (const f of features) {
    const edges = map.edges[f] as Float32Array;
    padded.fill(Number.POSITIVE_INFINITY).set(edges);
    const missing = edges.length;
    const column = matrix.columns[f] as Float32Array;
    const binned = out.columns?.subarray(f * matrix.rows, (f + 1) * matrix.rows);
    for (let row = 0, at = f; row < matrix.rows; row++, at += stride) {
      const value = column[row] as number;
      let bin = missing;
      if (value === value) {
        bin = 0;
        for (let step = SEARCH_WIDTH >> 1; step > 0; step >>= 1) {
          if ((padded[bin + step - 1] as number) < value) bin += step;
        }
        // a value above every edge (an infinity unseen in training) belongs to the last bin
        if (bin >= missing) bin = missing - 1;
      }
      out.rows[at] = bin;
      if (binned !== undefined) binned[row] = bin;
    }
  }
}
