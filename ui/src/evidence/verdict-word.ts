import type { Verdict } from '../api/answer.ts';
import type { Json } from './json.ts';

/** What a reader sees: every verdict of a stage, and `info` of evidence that judges nothing. */
export type ShownVerdict = Verdict | 'info';

/** The word beside the symbol. Order: what asks for attention most comes first. */
export const VERDICT_WORDS: Readonly<Record<ShownVerdict, string>> = {
  fail: 'Fail',
  waiting: 'Waiting',
  running: 'Running',
  stale: 'Stale',
  pass: 'Pass',
  skipped: 'Skipped',
  none: 'Not run',
  info: 'Info',
};

/** The verdict in a JSON value; undefined for anything else. */
export function asVerdict(value: Json | undefined): Verdict | undefined {
  if (typeof value !== 'string' || value === 'info' || !Object.hasOwn(VERDICT_WORDS, value)) return undefined;
  return value as Verdict; // a key of the table, just checked
}
