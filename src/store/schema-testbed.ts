import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Holds a schema against the committed dump, which shows a reviewer what a migration does. After a new
 * migration write the dumps anew with `UPDATE_SCHEMA=1 node --test src/store/schema*.test.ts`.
 */
export function compareSchema(name: string, actual: string): void {
  const path = join(import.meta.dirname, name);
  if (process.env['UPDATE_SCHEMA'] === '1') writeFileSync(path, actual);
  assert.equal(actual, readFileSync(path, 'utf8'));
}
