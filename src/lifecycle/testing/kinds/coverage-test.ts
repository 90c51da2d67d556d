import type { Column } from '../../../kernel/column.ts';
import { percentShare } from '../../../kernel/schema.ts';
import { sliceColumn } from '../../evaluation/index.ts';
import type { Examples } from '../../data/index.ts';
import type { TestBench } from '../test-bench.ts';
import type { TestCase, TestOutcome } from '../test-outcome.ts';

/** Training rows a category must have before its absence from the test counts: rarer ones are luck. */
const CATEGORY_ROWS_MIN = 30;

/** Ranges that a number feature is cut into, by quantiles of the training rows. */
const RANGES = 10;

const SHARE_MIN_DEFAULT = '90%';

/**
 * Share of what training saw (categories, ranges of numbers, declared slices) that the test rows exercise.
 */
export async function coverageTest(bench: TestBench): Promise<TestOutcome> {
  const { train, test } = bench.split;
  const declared = bench.inputs.testing.coverage?.at_least ?? SHARE_MIN_DEFAULT;
  const required = percentShare(declared);
  const shares: { name: string; seen: number; all: number }[] = [];
  for (const { name } of bench.inputs.data.features.inputs)
    shares.push({ name, ...inputCoverage(train, test, name) });
  for (const slice of bench.inputs.slices) {
    const name = `slice ${slice}`;
    shares.push({ name, ...categoryCoverage(sliceColumn(train, slice), sliceColumn(test, slice)) });
  }
  const cases: TestCase[] = shares.map(({ name, seen, all }) => ({
    name: `${name} is exercised`,
    passed: all === 0 || seen / all >= required,
    detail: `${seen} of ${all}, expected ${declared}`,
  }));
  const measured = Object.fromEntries(
    shares.map(({ name, seen, all }) => [name, all === 0 ? 1 : seen / all]),
  );
  return { kind: 'coverage', cases, criteria: [], measured };
}

function inputCoverage(train: Examples, test: Examples, name: string): { seen: number; all: number } {
  const known = train.features.columns[name];
  const tested = test.features.columns[name];
  if (known === undefined || tested === undefined) return { seen: 0, all: 1 };
  if (known.kind === 'category' && tested.kind === 'category') return categoryCoverage(known, tested);
  return rangeCoverage(numbers(known), numbers(tested));
}

function numbers(column: Column): Float64Array {
  return column.kind === 'category' ? Float64Array.from(column.codes) : column.values;
}

function categoryCoverage(
  known: Extract<Column, { kind: 'category' }>,
  tested: Extract<Column, { kind: 'category' }>,
): { seen: number; all: number } {
  const counts = rowsByLevel(known);
  const tests = rowsByLevel(tested);
  const found = new Set(tested.levels.filter((_, code) => (tests[code] as number) > 0));
  const usual = known.levels.filter((_, code) => (counts[code] as number) >= CATEGORY_ROWS_MIN);
  return { seen: usual.filter((level) => found.has(level)).length, all: usual.length };
}

function rowsByLevel({ codes, levels }: Extract<Column, { kind: 'category' }>): Uint32Array {
  const counts = new Uint32Array(levels.length);
  for (const code of codes) if (code >= 0) counts[code] = (counts[code] as number) + 1;
  return counts;
}

/** Rows from which the ranges of the training rows are taken: quantiles of more are no other ranges. */
const QUANTILE_ROWS_MAX = 100_000;

function rangeCoverage(known: Float64Array, tested: Float64Array): { seen: number; all: number } {
  const step = Math.max(1, known.length / QUANTILE_ROWS_MAX);
  const taken = Float64Array.from(
    { length: Math.floor(known.length / step) },
    (_, i) => known[Math.floor(i * step)] as number,
  );
  const sorted = taken.filter((value) => !Number.isNaN(value)).sort();
  const edges = new Set<number>();
  for (let i = 1; i < RANGES; i++) edges.add(sorted[Math.floor((i * sorted.length) / RANGES)] as number);
  const cuts = [...edges].filter((edge) => edge !== undefined).sort((a, b) => a - b);
  const all = rangesOf(sorted, cuts);
  const seen = rangesOf(tested, cuts);
  return { seen: [...all].filter((range) => seen.has(range)).length, all: all.size };
}

function rangesOf(values: Float64Array, cuts: readonly number[]): Set<number> {
  const ranges = new Set<number>();
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    let range = 0;
    while (range < cuts.length && value >= (cuts[range] as number)) range++;
    ranges.add(range);
  }
  return ranges;
}
