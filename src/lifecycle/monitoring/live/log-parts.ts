import type { JsonObject } from '../../../kernel/json.ts';
import { newId } from '../../../kernel/id.ts';
import { build } from '../../../store/build.ts';
import type { Database, LedgerDraft, Statement } from '../../../store/database.ts';
import { projectChain } from '../../../store/ledger-entry.ts';
import type { LogPartTable } from '../../../store/tables/loop-tables.ts';
import type { LifecycleContext } from '../../stage-scope.ts';

/** A sealed part of a live log before it has its id. */
export type LogPart = Omit<LogPartTable, 'id' | 'created_at'>;

/**
 * What makes a part known: its row, and the ledger entry that carries its digest, since predictions and
 * outcomes are measurements and have none of their own.
 */
export function logPartUnit(
  ctx: Pick<LifecycleContext, 'clock' | 'random'>,
  part: LogPart,
): { readonly statements: Statement[]; readonly ledger: LedgerDraft[] } {
  const row = { id: newId('prt', ctx.clock, ctx.random), ...part, created_at: ctx.clock.now() };
  const { kind, endpoint, name, from_at, to_at, row_count, blob_hash } = part;
  const body: JsonObject = { kind, endpoint, name, from_at, to_at, rows: row_count, digest: blob_hash };
  return {
    statements: [{ query: build.insertInto('log_part').values(row), expect: 1 }],
    ledger: [
      { chain: projectChain(part.project), action: 'log.sealed', actor: 'system', subject: row.id, body },
    ],
  };
}

/** Which parts are asked for. `from` and `to` (exclusive) bound event times; `id` must lie in the part. */
export interface PartFilter {
  readonly project?: string;
  readonly endpoint?: string;
  readonly kind: LogPartTable['kind'];
  readonly from?: number;
  readonly to?: number;
  readonly id?: string;
}

/** Sealed parts, in the order in which they were sealed. */
export async function logParts(db: Database, filter: PartFilter): Promise<LogPartTable[]> {
  let query = db.query.selectFrom('log_part').selectAll().where('kind', '=', filter.kind);
  if (filter.project !== undefined) query = query.where('project', '=', filter.project);
  if (filter.endpoint !== undefined) query = query.where('endpoint', '=', filter.endpoint);
  if (filter.from !== undefined) query = query.where('to_at', '>=', filter.from);
  if (filter.to !== undefined) query = query.where('from_at', '<', filter.to);
  if (filter.id !== undefined)
    query = query.where('id_min', '<=', filter.id).where('id_max', '>=', filter.id);
  return query.orderBy('id').execute();
}
