import type { Clock } from '../kernel/clock.ts';
import { build } from './build.ts';
import type { Database, Statement } from './database.ts';

/** `to` came from `from`; both are content hashes or ids. `kind` says how: `trained-on`, `exported-from`. */
export interface LineageEdge {
  readonly from: string;
  readonly to: string;
  readonly kind: string;
  readonly executionId?: string;
}

/** The statement that records an edge; one that is recorded already stays as it was. */
export function lineageEdge(edge: LineageEdge, clock: Clock): Statement {
  const row = {
    from_ref: edge.from,
    to_ref: edge.to,
    kind: edge.kind,
    execution_id: edge.executionId ?? null,
    at: clock.now(),
  };
  return {
    query: build
      .insertInto('lineage')
      .values(row)
      .onConflict((conflict) => conflict.doNothing()),
  };
}

/** Edges into (`up`: where it came from) or out of (`down`: what came of it) a reference, oldest first. */
export async function lineageOf(db: Database, ref: string, direction: 'up' | 'down'): Promise<LineageEdge[]> {
  const rows = await db.query
    .selectFrom('lineage')
    .selectAll()
    .where(direction === 'up' ? 'to_ref' : 'from_ref', '=', ref)
    .orderBy('at')
    .orderBy('from_ref')
    .orderBy('to_ref')
    .execute();
  return rows.map((row) => ({
    from: row.from_ref,
    to: row.to_ref,
    kind: row.kind,
    ...(row.execution_id === null ? {} : { executionId: row.execution_id }),
  }));
}
