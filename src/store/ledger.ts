import { canonicalJson } from '../kernel/hash.ts';
import type { Json } from '../kernel/json.ts';
import { decodeCursor, encodeCursor } from '../kernel/page.ts';
import type { Database } from './database.ts';
import { parseJsonText } from './json-text.ts';
import type { LedgerEntry } from './ledger-entry.ts';
import { LEDGER_FORMAT, type LedgerHeads } from './ledger-verify.ts';

/** Entries read at once while exporting: some 500 kB of text, and short reads. */
const EXPORT_PAGE = 1_000;

/**
 * Entries of one chain, the latest first, `limit` of them; `cursor` is the `next` of the page before.
 * @throws INVALID_INPUT for a cursor that no page gave.
 */
export async function readLedger(
  db: Database,
  input: { readonly chain: string; readonly limit: number; readonly cursor?: string },
): Promise<{ readonly items: LedgerEntry[]; readonly next?: string }> {
  let query = db.query.selectFrom('ledger').selectAll().where('chain', '=', input.chain);
  if (input.cursor !== undefined) query = query.where('seq', '<', Number(decodeCursor(input.cursor)));
  const rows = await query
    .orderBy('seq', 'desc')
    .limit(input.limit + 1)
    .execute();
  const items = rows.slice(0, input.limit);
  const last = items.at(-1);
  if (rows.length <= input.limit || last === undefined) return { items };
  return { items, next: encodeCursor(String(last.seq)) };
}

/**
 * Head and length of every chain: what an export must end with, and what to keep outside against a cut tail.
 */
export async function ledgerHeads(db: Database): Promise<LedgerHeads> {
  const rows = await db.query.selectFrom('ledger_chain').selectAll().orderBy('chain').execute();
  return Object.fromEntries(rows.map((row) => [row.chain, { hash: row.head_hash, length: row.length }]));
}

/**
 * The whole ledger as lines of JSON, without line ends: a header with the heads of the chains, then the
 * entries of each chain in order. Entries made after the header was read are left out.
 */
export async function* exportLedger(db: Database): AsyncGenerator<string> {
  yield* exportChains(db, await ledgerHeads(db));
}

/** One chain in the form of the whole ledger, so that it is verified in the same way. */
export async function* exportChain(db: Database, chain: string): AsyncGenerator<string> {
  const head = (await ledgerHeads(db))[chain];
  yield* exportChains(db, head === undefined ? {} : { [chain]: head });
}

async function* exportChains(db: Database, chains: LedgerHeads): AsyncGenerator<string> {
  yield canonicalJson({ format: LEDGER_FORMAT, chains });
  // In the order of the header's canonical spelling, whatever the database's collation.
  for (const chain of Object.keys(chains).sort()) {
    const { length } = chains[chain] as LedgerHeads[string];
    for (let after = 0; after < length; ) {
      const rows = await db.query
        .selectFrom('ledger')
        .selectAll()
        .where('chain', '=', chain)
        .where('seq', '>', after)
        .where('seq', '<=', length)
        .orderBy('seq')
        .limit(EXPORT_PAGE)
        .execute();
      for (const row of rows) yield exportLine(row);
      // An entry that is missing in the table must not make this loop for ever; the verifier will name it.
      after = rows.at(-1)?.seq ?? length;
    }
  }
}

function exportLine(entry: LedgerEntry): string {
  const body: Json = parseJsonText(entry.body);
  return canonicalJson({ ...entry, body });
}
