import type { Figure } from '../../../kernel/figure.ts';
import { referenceCounts } from './input-counts.ts';
import { BINS_MAX, type InputProfile, type NumberProfile } from './input-profile.ts';

/** Levels shown of a text. */
const LEVELS_SHOWN = 20;

/** Longest name of a level in a picture. */
const LEVEL_LENGTH = 40;

/** An input where the model was made and in a window, as shares of the rows. `window`: see `windowCounts`. */
export function profileFigure(profile: InputProfile, window: readonly number[]): Figure {
  const reference = shares(referenceCounts(profile));
  const current = shares(window);
  const title = `${profile.name}: training rows and this window`.slice(0, 120);
  const y = { label: 'share of rows', scale: 'share' as const };
  if (profile.kind === 'number') {
    const edges = outerEdges(profile);
    if (edges !== undefined) {
      return {
        kind: 'histogram',
        title,
        caption: missingCaption(reference[0], current[0]),
        x: { label: profile.name },
        y,
        edges,
        series: [
          { name: 'training', counts: reference.slice(1) },
          { name: 'window', counts: current.slice(1) },
        ],
      };
    }
  }
  return {
    kind: 'bars',
    title,
    x: { label: profile.name },
    y,
    ...levelBars(profile, reference, current),
  };
}

/** Edges with ends; undefined for a constant and without a value. A last bin of one value gets a width. */
function outerEdges({ edges, min, max }: NumberProfile): number[] | undefined {
  const first = edges[0];
  const last = edges.at(-1);
  if (min === null || max === null || first === undefined || last === undefined || min >= first)
    return undefined;
  return [min, ...edges, max > last ? max : last + (last - min) / BINS_MAX];
}

function missingCaption(reference = 0, current = 0): string {
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  return `Missing: ${percent(reference)} of the training rows, ${percent(current)} of the window.`;
}

function shares(counts: readonly number[]): number[] {
  const rows = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => (rows === 0 ? 0 : count / rows));
}

/** Levels, the most frequent of the reference first; those beyond the picture are one bar. */
function levelBars(profile: InputProfile, reference: readonly number[], current: readonly number[]) {
  const names = profile.kind === 'category' ? [...profile.levels, 'other'] : binNames(profile);
  const kept = names.length > LEVELS_SHOWN ? LEVELS_SHOWN - 1 : names.length - 1;
  const values = (all: readonly number[]): number[] => {
    const known = all.slice(1);
    const rest = known.slice(kept).reduce((sum, share) => sum + share, 0);
    return [...known.slice(0, kept), rest, all[0] ?? 0];
  };
  const shown = names.slice(0, kept).map((name) => name.slice(0, LEVEL_LENGTH));
  return {
    categories: [...shown, names.at(-1) ?? 'other', 'missing'],
    series: [
      { name: 'training', values: values(reference) },
      { name: 'window', values: values(current) },
    ],
  };
}

/** Bins of a constant or of no value at all: below it, itself, above it. */
function binNames({ min, edges }: NumberProfile): string[] {
  return edges.length === 0 ? ['any'] : ['below', String(min), 'above'];
}
