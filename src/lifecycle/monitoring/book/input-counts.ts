import { binOf, type InputProfile } from './reference-profile.ts';

/** Counts of one input or score in a window, by the bins of its reference. */
export interface InputCounts {
  /** The bins of the reference, then other, never seen, missing (texts), or missing alone (numbers). */
  readonly bins: Float64Array;
}

/** Counts a value into an array made by `emptyCounts`. */
export type Counter = (bins: Float64Array, value: number | string | null | undefined) => void;

/** Places after the bins of the reference. */
const TEXT_EXTRA = 3;
const NUMBER_EXTRA = 1;

/** How many places the counts of an input have. */
export function placesOf(profile: InputProfile): number {
  return profile.counts.length + (profile.kind === 'category' ? TEXT_EXTRA : NUMBER_EXTRA);
}

/** A counter for one input; levels are looked up by hash. */
export function counterOf(profile: InputProfile): Counter {
  const missing = placesOf(profile) - 1;
  if (profile.kind === 'number') {
    const { edges } = profile;
    return (bins, value) => {
      const place = typeof value === 'number' && Number.isFinite(value) ? binOf(edges, value) : missing;
      bins[place] = (bins[place] as number) + 1;
    };
  }
  const other = profile.counts.length;
  const places = new Map<string, number>();
  for (const level of profile.rare) places.set(level, other);
  profile.levels.forEach((level, place) => places.set(level, place));
  return (bins, value) => {
    const place = value === null || value === undefined ? missing : (places.get(String(value)) ?? other + 1);
    bins[place] = (bins[place] as number) + 1;
  };
}

/** The reference's own rows by the same places. */
export function referenceCounts(profile: InputProfile): Float64Array {
  const tail = profile.kind === 'category' ? [profile.other, 0, profile.missing] : [profile.missing];
  return Float64Array.from([...profile.counts, ...tail]);
}

/** Rows without a value, and rows with a text that was never seen. */
export function defects(
  profile: InputProfile,
  bins: Float64Array,
): { readonly missing: number; readonly unseen: number } {
  const last = bins.length - 1;
  return {
    missing: bins[last] as number,
    unseen: profile.kind === 'category' ? (bins[last - 1] as number) : 0,
  };
}
