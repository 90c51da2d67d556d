import type { Frame } from '../../../kernel/column.ts';
import { TendError } from '../../../kernel/error.ts';
import { type InputProfile, profileColumn } from './input-profile.ts';

export type { InputProfile } from './input-profile.ts';

/** The score's name among the inputs: no column is called so. */
export const SCORE_NAME = '(score)';

/** What the model saw when it was made; live traffic of the release is held against it. */
export interface ReferenceProfile {
  /** SHA-256 of the release manifest. */
  readonly release: string;
  readonly rows: number;
  readonly inputs: readonly InputProfile[];
  /** The scores on its test rows, which it had not learnt. */
  readonly score: InputProfile;
  /**
   * Rows by hour of the day (UTC), and of each input those without a value; null where rows have no time.
   * What is rare by day may be the rule at night.
   */
  readonly daily: {
    readonly rows: readonly number[];
    readonly missing: Readonly<Record<string, readonly number[]>>;
  } | null;
  /** Figures of the evaluation on its test rows, by metric. */
  readonly test: Readonly<Record<string, number | null>>;
}

/**
 * Profiles the inputs (rows of `features`) and the scores (of other rows, of any number). `time`: event
 * times of the rows, milliseconds UTC. Cost: one sort for each number.
 */
export function profileExamples(
  inputs: readonly { readonly name: string; readonly type: 'number' | 'string' }[],
  features: Frame,
  scores: Float64Array,
  time: Float64Array | null = null,
): Pick<ReferenceProfile, 'inputs' | 'score' | 'daily'> {
  return {
    inputs: inputs.map(({ name }) => {
      const column = features.columns[name];
      if (column === undefined) throw new TendError('INTERNAL', `there is no input ${name} to profile`);
      return profileColumn(name, column);
    }),
    score: profileColumn(SCORE_NAME, { kind: 'number', values: scores }),
    daily: time === null ? null : dailyMissing(inputs, features, time),
  };
}

const HOUR_MS = 3_600_000;

/** Hour of the day of a moment, UTC. */
export function hourOfDay(ms: number): number {
  return ((Math.floor(ms / HOUR_MS) % 24) + 24) % 24;
}

function dailyMissing(
  inputs: readonly { readonly name: string }[],
  features: Frame,
  time: Float64Array,
): NonNullable<ReferenceProfile['daily']> {
  const rows = new Array<number>(24).fill(0);
  for (const ms of time) rows[hourOfDay(ms)]!++;
  const missing = inputs.map(({ name }) => {
    const column = features.columns[name];
    const counts = new Array<number>(24).fill(0);
    for (let i = 0; i < time.length; i++) {
      const known = column?.kind === 'category' ? column.codes[i]! >= 0 : Number.isFinite(column?.values[i]);
      if (!known) counts[hourOfDay(time[i]!)]!++;
    }
    return [name, counts] as const;
  });
  return { rows, missing: Object.fromEntries(missing) };
}
