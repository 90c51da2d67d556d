import { build } from '../../../store/build.ts';
import type { LedgerDraft, Statement, Unit } from '../../../store/database.ts';
import { projectChain } from '../../../store/ledger-entry.ts';
import { historyName, type SealedHistory } from '../../data/index.ts';
import type { LiveState } from './live-state.ts';
import { logPartUnit } from './log-parts.ts';

const NOTHING: Unit = { statements: [] };

/**
 * Puts the received rows and the boundaries since the last seal into Parquet blobs, in one commit with the
 * ledger entries that carry their digests; the log of outcomes begins anew. Received rows must have been
 * taken into the data before. `along`: what is committed together with it.
 */
export async function sealLive(state: LiveState, at: number, along: Unit = NOTHING): Promise<void> {
  const { ctx, tables, inputs, settled, log } = state;
  const rows = await tables.sealRows();
  const histories = await tables.sealHistories();
  const statements: Statement[] = [...along.statements];
  statements.push(...histories.map((history) => historyRow(state, history)));
  const ledger: LedgerDraft[] = histories.map(
    ({ table, blob, from, to }): LedgerDraft => ({
      chain: projectChain(inputs.project),
      action: 'history.sealed',
      actor: 'system',
      subject: blob,
      body: { table, from, to, digest: blob },
    }),
  );
  if (rows !== undefined) {
    const ids = [...settled.keys()].sort();
    let from = Number.POSITIVE_INFINITY;
    let to = Number.NEGATIVE_INFINITY;
    for (const { outcome } of settled.values()) {
      from = Math.min(from, outcome.receivedAt);
      to = Math.max(to, outcome.receivedAt);
    }
    const unit = logPartUnit(ctx, {
      project: inputs.project,
      endpoint: inputs.endpoint,
      kind: 'outcomes',
      name: log.file(),
      from_at: from,
      to_at: to,
      id_min: ids[0] ?? '',
      id_max: ids.at(-1) ?? '',
      row_count: rows.rows,
      blob_hash: rows.blob,
    });
    statements.push(...unit.statements);
    ledger.push(...unit.ledger);
  }
  ledger.push(...(along.ledger ?? []));
  if (statements.length === 0) return;
  await ctx.db.commit({ statements, ledger });
  if (rows !== undefined) log.sealed();
  await tables.sealed(at);
  settled.clear();
  state.settledKeys.clear();
}

function historyRow({ ctx, inputs }: LiveState, history: SealedHistory): Statement {
  const { table, from, to, refreshMs, rows, blob } = history;
  const row = {
    project: inputs.project,
    name: historyName(inputs.data.features, table),
    from_at: from,
    to_at: to,
    refresh_ms: refreshMs,
    row_count: rows,
    blob_hash: blob,
    created_at: ctx.clock.now(),
  };
  return { query: build.insertInto('feature_history').values(row), expect: 1 };
}
