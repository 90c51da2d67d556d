import { z } from 'zod';
import { parseDuration } from './duration.ts';

/** Names of projects, datasets, endpoints, criteria: they stand in URLs, metrics and file names. */
export const nameText = z
  .string()
  .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'expected lower-case words joined by hyphens, such as flight-delay')
  .max(63, 'expected at most 63 characters');

/** Names of columns and features: they stand in SQL. */
export const columnText = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'expected letters, digits and underscores, not starting with a digit')
  .max(63, 'expected at most 63 characters');

/** A length of time as people write it. */
export const durationText = z
  .string()
  .regex(/^\d+(\.\d+)?(ms|s|m|h|d|w)$/, 'expected a duration such as 50ms, 5s, 15m, 1h, 31d or 2w');

/** A share of a whole: `5%`, `0.1%`. */
export const percentText = z.string().regex(/^\d+(\.\d+)?%$/, 'expected a percentage such as 5%');

/** A file beside tend.yaml; it may lie deeper, never outside. */
export const filePath = z
  .string()
  // Every letter is looked at, line ends too, which a point would not be.
  .regex(/^(?!\/)(?![^]*(^|\/)\.\.(\/|$))[^\\\0\n\r]+$/, 'expected a path relative to tend.yaml, without ..')
  .max(200, 'expected at most 200 characters');

/** Milliseconds of a `durationText` that validated. */
export function durationMs(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) throw new TypeError(`not a duration: ${text}`);
  return ms;
}

/** The share (0 to 1) of a `percentText` that validated. */
export function percentShare(text: string): number {
  return Number(text.slice(0, -1)) / 100;
}
