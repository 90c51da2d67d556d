import { durationMs } from '../../kernel/schema.ts';
import { type Examples, type ExampleSpan, examplesWhere } from './examples.ts';
import type { SplitSpec } from './spec.ts';

/** Examples apart by what they are for; no row is in two parts. */
export interface SplitExamples {
  readonly train: Examples;
  readonly validation: Examples;
  readonly test: Examples;
}

/** The event times of the parts, for the run's record; null where rows are divided by hash. */
export interface SplitBounds {
  readonly from: number;
  readonly validation: number;
  readonly test: number;
  readonly to: number;
}

/** The window of the first model: it ends at the project clock (or, without one, at `now`). */
export function splitBounds(split: SplitSpec, clock: number): SplitBounds | null {
  if (split.by !== 'time') return null;
  return windowBounds(split, { from: clock - durationMs(split.first_window), to: clock });
}

/**
 * The parts of any window of event time: validation and test have their declared lengths at its end, training
 * takes what lies before. Null where rows are divided by hash: time does not decide there.
 */
export function windowBounds(
  split: SplitSpec,
  { from, to }: { readonly from: number; readonly to: number },
): SplitBounds | null {
  if (split.by !== 'time') return null;
  const test = to - durationMs(split.test);
  return { from, validation: test - durationMs(split.validation), test, to };
}

/** Which examples a split needs at all; nothing from the project clock on. */
export function splitSpan(bounds: SplitBounds | null, clock: number | undefined): ExampleSpan {
  const known = clock === undefined ? {} : { to: clock, known: clock };
  return bounds === null ? known : { ...known, from: bounds.from, to: bounds.to };
}

/** Divides examples: by time, the newest rows are the test; by hash, each row's position decides for good. */
export function splitExamples(
  examples: Examples,
  split: SplitSpec,
  bounds: SplitBounds | null,
): SplitExamples {
  const part = (row: number): 0 | 1 | 2 =>
    bounds === null ? partByHash(examples.row[row] as number, split) : partByTime(examples, row, bounds);
  return {
    train: examplesWhere(examples, (row) => part(row) === 0),
    validation: examplesWhere(examples, (row) => part(row) === 1),
    test: examplesWhere(examples, (row) => part(row) === 2),
  };
}

function partByTime(examples: Examples, i: number, bounds: SplitBounds): 0 | 1 | 2 {
  const at = examples.time?.[i] ?? Number.NEGATIVE_INFINITY;
  if (at >= bounds.test) return 2;
  return at >= bounds.validation ? 1 : 0;
}

function partByHash(row: number, split: SplitSpec): 0 | 1 | 2 {
  const share = mix(row) / 2 ** 32;
  if (split.by !== 'hash') return 0;
  if (share < split.test) return 2;
  return share < split.test + split.validation ? 1 : 0;
}

/** A uniform 32-bit hash of a row position (the finaliser of MurmurHash3, Appleby 2011, public domain). */
function mix(row: number): number {
  let h = row >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
