import type { Column, Frame } from '../../../kernel/column.ts';
import { TendError } from '../../../kernel/error.ts';

/** Bins of a number: quantiles of the reference, so that each holds about as many of its rows. */
const BINS = 10;

/** Levels of a text that are told apart; the rest is one bin. */
const LEVELS_MAX = 50;

/** How an input was distributed where the model was made. */
export type InputProfile =
  | {
      readonly name: string;
      readonly kind: 'number';
      /** Inner edges, ascending; bin i holds edges[i - 1] < x <= edges[i]. */
      readonly edges: readonly number[];
      /** One more than edges. */
      readonly counts: readonly number[];
      readonly missing: number;
    }
  | {
      readonly name: string;
      readonly kind: 'category';
      /** Most frequent first. */
      readonly levels: readonly string[];
      readonly counts: readonly number[];
      /** Rows of known levels beyond these. */
      readonly other: number;
      /** The known levels beyond these: what is in neither list was never seen. */
      readonly rare: readonly string[];
      readonly missing: number;
    };

/** What the model saw when it was made; live traffic of the release is held against it. */
export interface ReferenceProfile {
  /** SHA-256 of the release manifest. */
  readonly release: string;
  readonly rows: number;
  readonly inputs: readonly InputProfile[];
  /** The scores on its test rows, which it had not learnt. */
  readonly score: InputProfile;
  /** Figures of the evaluation on its test rows, by metric. */
  readonly test: Readonly<Record<string, number | null>>;
}

/** Profiles the inputs of training rows and the scores of test rows. Cost: one sort for each number. */
export function profileExamples(
  inputs: readonly { readonly name: string; readonly type: 'number' | 'string' }[],
  features: Frame,
  scores: Float64Array,
): Pick<ReferenceProfile, 'inputs' | 'score'> {
  return {
    inputs: inputs.map(({ name }) => {
      const column = features.columns[name];
      if (column === undefined) throw new TendError('INTERNAL', `there is no input ${name} to profile`);
      return profileColumn(name, column);
    }),
    score: profileColumn('score', { kind: 'number', values: scores }),
  };
}

function profileColumn(name: string, column: Column): InputProfile {
  if (column.kind === 'category') return profileLevels(name, column.codes, column.levels);
  const known = column.values.filter((value) => Number.isFinite(value)).sort();
  const edges: number[] = [];
  for (let bin = 1; bin < BINS; bin++) {
    const edge = known[Math.floor((bin * known.length) / BINS)];
    if (edge !== undefined && edge !== edges.at(-1) && edge < (known.at(-1) ?? edge)) edges.push(edge);
  }
  const counts = new Array<number>(edges.length + 1).fill(0);
  for (const value of known) counts[binOf(edges, value)]!++;
  return { name, kind: 'number', edges, counts, missing: column.values.length - known.length };
}

function profileLevels(name: string, codes: Int32Array, levels: readonly string[]): InputProfile {
  const rows = new Map<string, number>();
  let missing = 0;
  for (const code of codes) {
    const level = levels[code];
    if (level === undefined) missing++;
    else rows.set(level, (rows.get(level) ?? 0) + 1);
  }
  const sorted = [...rows].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  const kept = sorted.slice(0, LEVELS_MAX);
  const rest = sorted.slice(LEVELS_MAX);
  return {
    name,
    kind: 'category',
    levels: kept.map(([level]) => level),
    counts: kept.map(([, n]) => n),
    other: rest.reduce((sum, [, n]) => sum + n, 0),
    rare: rest.map(([level]) => level),
    missing,
  };
}

/** The bin of a value: the first whose edge is not below it. Edges are at most nine: walking beats halving. */
export function binOf(edges: readonly number[], value: number): number {
  let bin = 0;
  while (bin < edges.length && value > (edges[bin] as number)) bin++;
  return bin;
}
