import { binOf, type InputProfile } from './input-profile.ts';
import type { ReferenceProfile } from './reference-profile.ts';

/** What a record has for an input. */
export type InputValue = number | string | null | undefined;

/**
 * Where the rows of one input are counted in the counts of a bucket, from `offset` on: missing; then the
 * bins of the reference, or its levels and the rest of them; then what lies outside: numbers below the
 * least or above the greatest of the reference (which are in their bin too), or levels that were never
 * seen.
 */
export interface InputPlaces {
  readonly profile: InputProfile;
  readonly offset: number;
  /** Places of missing and of the bins or levels, without the one of what lies outside. */
  readonly bins: number;
  readonly count: (counts: Uint32Array, value: InputValue) => void;
}

/** Places of all inputs of a reference and of its score, which comes last. */
export interface CountPlaces {
  readonly inputs: readonly InputPlaces[];
  readonly size: number;
}

/** Lays out the counts for a reference; without one, nothing is counted. */
export function placesOf(reference: ReferenceProfile | undefined): CountPlaces {
  const profiles = reference === undefined ? [] : [...reference.inputs, reference.score];
  const inputs: InputPlaces[] = [];
  let offset = 0;
  for (const profile of profiles) {
    const bins = referenceCounts(profile).length;
    const count = profile.kind === 'number' ? numberCounter(profile, offset) : levelCounter(profile, offset);
    inputs.push({ profile, offset, bins, count });
    offset += bins + 1;
  }
  return { inputs, size: offset };
}

/** The reference's own rows: missing, then by bin, or by level and the rest. */
export function referenceCounts(profile: InputProfile): number[] {
  const { missing, counts } = profile;
  return [missing, ...counts, ...(profile.kind === 'category' ? [profile.other] : [])];
}

/** The same of a window. What was never seen is counted with the rest of the levels. */
export function windowCounts({ profile, offset, bins }: InputPlaces, counts: Uint32Array): number[] {
  const window = [...counts.subarray(offset, offset + bins)];
  if (profile.kind === 'category') window[bins - 1] = (window[bins - 1] ?? 0) + (counts[offset + bins] ?? 0);
  return window;
}

/** Rows of a window in which the input is missing, and rows in which it lies outside of the reference. */
export function defectsOf(
  { offset, bins }: InputPlaces,
  counts: Uint32Array,
): { readonly missing: number; readonly outside: number } {
  return { missing: counts[offset] ?? 0, outside: counts[offset + bins] ?? 0 };
}

function numberCounter(
  profile: Extract<InputProfile, { kind: 'number' }>,
  offset: number,
): InputPlaces['count'] {
  const edges = Float64Array.from(profile.edges);
  const least = profile.min ?? Number.NEGATIVE_INFINITY;
  const greatest = profile.max ?? Number.POSITIVE_INFINITY;
  const first = offset + 1;
  const outside = first + edges.length + 1;
  return (counts, value) => {
    if (typeof value !== 'number' || !Number.isFinite(value)) {
      counts[offset] = counts[offset]! + 1;
      return;
    }
    const place = first + binOf(edges, value);
    counts[place] = counts[place]! + 1;
    if (value < least || value > greatest) counts[outside] = counts[outside]! + 1;
  };
}

function levelCounter(
  profile: Extract<InputProfile, { kind: 'category' }>,
  offset: number,
): InputPlaces['count'] {
  const rest = offset + 1 + profile.levels.length;
  const unknown = profile.rare === null ? rest : rest + 1;
  const places = new Map<InputValue, number>();
  for (const level of profile.rare ?? []) places.set(level, rest);
  for (const [i, level] of profile.levels.entries()) places.set(level, offset + 1 + i);
  return (counts, value) => {
    let place = offset;
    if (value !== null && value !== undefined) {
      place = places.get(typeof value === 'string' ? value : String(value)) ?? unknown;
    }
    counts[place] = counts[place]! + 1;
  };
}
