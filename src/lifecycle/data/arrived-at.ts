import { sqlName } from '../../table/sql-name.ts';
import { KNOWN_COLUMN } from './source-reader.ts';

/** When the outcome of a row counted as arrived, in tables of arrived rows. */
export const ARRIVED_COLUMN = 'tend_arrived';

/**
 * SQL for when the outcome of a stored row arrived: as its `available` column says, or when it was received
 * where that was later; null where the project has no such column and everything has arrived. (`greatest`
 * passes over nulls.)
 */
export function arrivedAt(available: string | null): string | null {
  return available === null ? null : `greatest(${sqlName(available)}::TIMESTAMP, ${KNOWN_COLUMN})`;
}
