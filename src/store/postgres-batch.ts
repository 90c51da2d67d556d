import type { ClientBase, QueryResult } from 'pg';
import { TendError } from '../kernel/error.ts';
import { GENESIS_HASH, type LedgerEntry, ledgerHash } from './ledger-entry.ts';
import { isConsequence, isTransient, postgresError } from './postgres-error.ts';
import type { PreparedUnit } from './prepared-unit.ts';
import type { UnitOutcome } from './write-queue.ts';

/** Tries of a batch that lost against a transaction of another process. */
const TRIES_MAX = 4;

const DONE: UnitOutcome = { ok: true };

/**
 * Carries out a batch in one transaction. All of it is sent at once and hoped to succeed, which costs three
 * round trips however many units there are; when a unit fails, the transaction is repeated with a savepoint
 * for each.
 *
 * @throws what ended the transaction as a whole.
 */
export async function writePostgresBatch(
  client: ClientBase,
  units: readonly PreparedUnit[],
): Promise<readonly UnitOutcome[]> {
  for (let tries = 1; ; tries++) {
    try {
      return (await writeTogether(client, units)) ?? (await writeApart(client, units));
    } catch (error) {
      if (!isTransient(error) || tries >= TRIES_MAX) throw postgresError(error);
      await client.query('rollback');
    }
  }
}

/** Undefined when one of several units failed, and nothing was written. */
async function writeTogether(
  client: ClientBase,
  units: readonly PreparedUnit[],
): Promise<readonly UnitOutcome[] | undefined> {
  const { heads, doneKeys } = await begin(client, units);
  const todo = units.filter((unit) => isFirst(unit, doneKeys));
  const keys = todo.filter((unit) => unit.idempotencyKey !== undefined);
  const entries = todo.flatMap((unit) => heads.append(unit));
  try {
    await answers([
      ...(keys.length > 0 ? [insertKeys(client, keys)] : []),
      ...todo.flatMap((unit) => statements(client, unit)),
      ...(entries.length > 0 ? [insertEntries(client, entries), heads.save(client)] : []),
    ]);
  } catch (error) {
    if (isTransient(error)) throw error;
    const failure = postgresError(error);
    if (isOfConnection(failure)) throw failure;
    await client.query('rollback');
    return units.length === 1 && keys.length === 0 ? [{ ok: false, error: failure }] : undefined;
  }
  await client.query('commit');
  return units.map(() => DONE);
}

async function writeApart(
  client: ClientBase,
  units: readonly PreparedUnit[],
): Promise<readonly UnitOutcome[]> {
  const { heads } = await begin(client, units);
  const outcomes: UnitOutcome[] = [];
  for (const unit of units) outcomes.push(await writeOne(client, unit, heads));
  await client.query('commit');
  return outcomes;
}

async function writeOne(client: ClientBase, unit: PreparedUnit, heads: Heads): Promise<UnitOutcome> {
  await client.query('savepoint unit');
  const before = heads.copy();
  try {
    const isNew = unit.idempotencyKey === undefined || (await insertKeyIfNew(client, unit));
    if (isNew) {
      const entries = heads.append(unit);
      await answers([
        ...statements(client, unit),
        ...(entries.length > 0 ? [insertEntries(client, entries), heads.save(client)] : []),
      ]);
    }
    await client.query('release unit');
    return DONE;
  } catch (error) {
    if (isTransient(error)) throw error;
    const failure = postgresError(error);
    if (isOfConnection(failure)) throw failure;
    heads.restore(before);
    await answers([client.query('rollback to unit'), client.query('release unit')]);
    return { ok: false, error: failure };
  }
}

/**
 * Opens the transaction and takes the chains that the batch appends to, in the order of their names, so that
 * two processes wait for one another instead of dead-locking.
 */
async function begin(
  client: ClientBase,
  units: readonly PreparedUnit[],
): Promise<{ heads: Heads; doneKeys: Set<string> }> {
  const chains = [...new Set(units.flatMap((unit) => unit.ledger.map((entry) => entry.chain)))].sort();
  const keys = units.map((unit) => unit.idempotencyKey).filter((key) => key !== undefined);
  const [, , heads, done] = await Promise.all([
    client.query('begin'),
    chains.length > 0 ? client.query(MAKE_CHAINS, [chains, GENESIS_HASH]) : undefined,
    chains.length > 0 ? client.query<ChainRow>(LOCK_CHAINS, [chains]) : undefined,
    keys.length > 0 ? client.query<{ key: string }>(FIND_KEYS, [keys]) : undefined,
  ]);
  return { heads: new Heads(heads?.rows ?? []), doneKeys: new Set(done?.rows.map((row) => row.key)) };
}

interface ChainRow {
  readonly chain: string;
  readonly head_hash: string;
  readonly length: number;
}

const MAKE_CHAINS =
  'insert into ledger_chain (chain, head_hash, length) ' +
  'select unnest($1::text[]), $2, 0 on conflict do nothing';
const LOCK_CHAINS =
  'select chain, head_hash, length from ledger_chain where chain = any($1) order by chain for update';
const FIND_KEYS = 'select key from idempotency where key = any($1)';
const INSERT_KEYS =
  'insert into idempotency (key, at) select * from unnest($1::text[], $2::bigint[]) on conflict do nothing';
const INSERT_ENTRIES =
  'insert into ledger (chain, seq, at, actor, action, subject, body, prev, hash) select * from unnest(' +
  '$1::text[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], ' +
  '$8::text[], $9::text[])';
const SAVE_CHAINS =
  'update ledger_chain set head_hash = head.hash, length = head.length ' +
  'from unnest($1::text[], $2::text[], $3::bigint[]) as head (chain, hash, length) ' +
  'where ledger_chain.chain = head.chain';

/** The ends of the locked chains, as they will be when the batch is committed. */
class Heads {
  #heads: Map<string, { readonly hash: string; readonly length: number }>;

  constructor(rows: readonly ChainRow[]) {
    this.#heads = new Map(rows.map((row) => [row.chain, { hash: row.head_hash, length: row.length }]));
  }

  /** Puts the entries of a unit at the ends of their chains. */
  append(unit: PreparedUnit): LedgerEntry[] {
    return unit.ledger.map((draft) => {
      const head = this.#heads.get(draft.chain) ?? { hash: GENESIS_HASH, length: 0 };
      const unhashed = { ...draft, seq: head.length + 1, at: unit.at, prev: head.hash };
      const entry: LedgerEntry = { ...unhashed, hash: ledgerHash(unhashed) };
      this.#heads.set(draft.chain, { hash: entry.hash, length: entry.seq });
      return entry;
    });
  }

  copy(): Heads {
    const copy = new Heads([]);
    copy.restore(this);
    return copy;
  }

  restore(other: Heads): void {
    this.#heads = new Map(other.#heads);
  }

  save(client: ClientBase): Promise<QueryResult> {
    const heads = [...this.#heads.entries()];
    const hashes = heads.map(([, head]) => head.hash);
    const lengths = heads.map(([, head]) => head.length);
    return client.query(SAVE_CHAINS, [heads.map(([chain]) => chain), hashes, lengths]);
  }
}

/** True for a unit without a key, and for the first with a key that has not been carried out. */
function isFirst(unit: PreparedUnit, doneKeys: Set<string>): boolean {
  if (unit.idempotencyKey === undefined) return true;
  if (doneKeys.has(unit.idempotencyKey)) return false;
  doneKeys.add(unit.idempotencyKey);
  return true;
}

/**
 * Waits for every answer to what was sent together. @throws the error that the others follow from: after it
 * the server refuses the rest of the transaction.
 */
async function answers(sent: readonly Promise<unknown>[]): Promise<void> {
  const settled = await Promise.allSettled(sent);
  const errors = settled
    .filter((answer) => answer.status === 'rejected')
    .map((answer) => answer.reason as unknown);
  if (errors.length > 0) throw errors.find((error) => !isConsequence(error)) ?? errors[0];
}

function statements(client: ClientBase, unit: PreparedUnit): Promise<void>[] {
  return unit.statements.map(async ({ sql, values, expect }) => {
    const result = await client.query(sql, [...values]);
    const rows = result.rowCount ?? 0;
    if (expect !== undefined && rows !== expect) {
      throw new TendError('CONFLICT', `expected ${expect} rows to be changed, found ${rows}`);
    }
  });
}

/**
 * @throws CONFLICT when another process has just carried out one of them, so that the units are taken one by
 * one.
 */
async function insertKeys(client: ClientBase, units: readonly PreparedUnit[]): Promise<void> {
  const keys = units.map((unit) => unit.idempotencyKey);
  const result = await client.query(INSERT_KEYS, [keys, units.map((unit) => unit.at)]);
  if (result.rowCount !== units.length)
    throw new TendError('CONFLICT', 'a unit was carried out at the same time');
}

async function insertKeyIfNew(client: ClientBase, unit: PreparedUnit): Promise<boolean> {
  const result = await client.query(INSERT_KEYS, [[unit.idempotencyKey], [unit.at]]);
  return result.rowCount === 1;
}

async function insertEntries(client: ClientBase, entries: readonly LedgerEntry[]): Promise<void> {
  const columns = ['chain', 'seq', 'at', 'actor', 'action', 'subject', 'body', 'prev', 'hash'] as const;
  const values = columns.map((column) => entries.map((entry) => entry[column]));
  await client.query(INSERT_ENTRIES, values);
}

/** An error that is not of one unit: nothing of the batch can be saved on this connection. */
function isOfConnection(error: TendError): boolean {
  return error.code === 'UNAVAILABLE' || error.code === 'DISK_FULL' || error.code === 'STATE_UNREADABLE';
}
