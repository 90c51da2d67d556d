import { z } from 'zod';
import { TendError } from './error.ts';

/** Rows in one page unless asked; small enough that a page of rows with JSON bodies stays below 1 MB. */
export const PAGE_LIMIT_DEFAULT = 50;
export const PAGE_LIMIT_MAX = 500;

/** The query fields of every list: how many, and after which row (keyset, never an offset). */
export const pageInput = {
  limit: z.coerce.number().int().min(1).max(PAGE_LIMIT_MAX).default(PAGE_LIMIT_DEFAULT),
  cursor: z.string().max(200).exactOptional(),
};

/** A page of `item`s and the cursor of the next one, absent on the last. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), next: z.string().exactOptional() });
}

/** An opaque cursor for the key of the last row of a page. */
export function encodeCursor(key: string): string {
  return Buffer.from(key, 'utf8').toString('base64url');
}

/** The key in a cursor that `encodeCursor` made. @throws INVALID_INPUT for any other text. */
export function decodeCursor(cursor: string): string {
  const key = Buffer.from(cursor, 'base64url').toString('utf8');
  if (key === '' || encodeCursor(key) !== cursor) {
    throw new TendError('INVALID_INPUT', 'the cursor is not one that a list returned', {
      fields: [{ path: 'cursor', message: 'expected the `next` of the page before' }],
    });
  }
  return key;
}
