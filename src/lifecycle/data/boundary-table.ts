import type { FeatureTableFile } from '../../serve/feature-table-file.ts';
import type { TableQuery } from './table-query.ts';

/** A feature table at one boundary, as serving is given it. */
export type BoundaryState = Pick<FeatureTableFile, 'keys' | 'values'>;

/** A feature table whose boundaries are computed one after the other and kept until they are stored. */
export interface BoundaryTable {
  readonly table: TableQuery;
  /** Computes the state at a boundary, milliseconds UTC; one that is computed again replaces the former. */
  readonly compute: (at: number) => Promise<BoundaryState>;
  /** Puts what is kept into one Parquet blob, by moment and key. */
  readonly store: () => Promise<{ readonly blob: string; readonly rows: number }>;
  /** Forgets what is kept. */
  readonly reset: () => Promise<void>;
}
