import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { TendError } from '../kernel/error.ts';
import { GENESIS_HASH, ledgerHash } from './ledger-entry.ts';
import type { PreparedEntry, PreparedStatement, PreparedUnit } from './prepared-unit.ts';
import { isFatal, sqliteError } from './sqlite-error.ts';
import type { UnitOutcome } from './write-queue.ts';

/** Statements kept prepared; inserts of many rows come in as many spellings as there are row counts. */
const PREPARED_MAX = 256;

/** Carries out batches of units on one writing connection, which nothing else may use. */
export class SqliteBatchWriter {
  readonly #connection: DatabaseSync;
  readonly #prepared = new Map<string, StatementSync>();
  #failure: TendError | undefined;

  constructor(connection: DatabaseSync) {
    this.#connection = connection;
  }

  /**
   * One transaction for all of `units`, a savepoint for each. The answers hold once this returns: the
   * transaction is on disk. After an I/O error every later call answers with it.
   */
  write(units: readonly PreparedUnit[]): UnitOutcome[] {
    if (this.#failure !== undefined) return failAll(units, this.#failure);
    try {
      this.#connection.exec('begin immediate');
      const outcomes = units.map((unit) => this.#writeUnit(unit));
      this.#connection.exec('commit');
      return outcomes;
    } catch (error) {
      const failure = sqliteError(error);
      if (isFatal(failure)) this.#failure = failure;
      if (this.#connection.isTransaction) this.#rollBack();
      return failAll(units, failure);
    }
  }

  #rollBack(): void {
    try {
      this.#connection.exec('rollback');
    } catch (error) {
      this.#failure ??= sqliteError(error);
    }
  }

  /** @throws what ended the transaction as a whole; an error of the unit alone is its outcome. */
  #writeUnit(unit: PreparedUnit): UnitOutcome {
    this.#run('savepoint unit');
    try {
      if (this.#isNew(unit)) {
        for (const statement of unit.statements) this.#execute(statement);
        for (const entry of unit.ledger) this.#append(entry, unit.at);
      }
      this.#run('release unit');
      return { ok: true };
    } catch (error) {
      const failure = sqliteError(error);
      // A full disk or an I/O error rolls the whole transaction back by itself.
      if (isFatal(failure) || !this.#connection.isTransaction) throw failure;
      this.#run('rollback to unit');
      this.#run('release unit');
      return { ok: false, error: failure };
    }
  }

  #isNew(unit: PreparedUnit): boolean {
    if (unit.idempotencyKey === undefined) return true;
    const insert = this.#prepare('insert into idempotency (key, at) values (?, ?) on conflict do nothing');
    return insert.run(unit.idempotencyKey, unit.at).changes === 1;
  }

  #execute({ sql, values, expect }: PreparedStatement): void {
    const statement = this.#prepare(sql);
    const returnsRows = statement.columns().length > 0;
    const rows = returnsRows ? statement.all(...values).length : Number(statement.run(...values).changes);
    if (expect !== undefined && rows !== expect) {
      throw new TendError('CONFLICT', `expected ${expect} rows to be changed, found ${rows}`);
    }
  }

  #append(draft: PreparedEntry, at: number): void {
    const head = this.#prepare('select head_hash, length from ledger_chain where chain = ?').get(draft.chain);
    const seq = Number(head?.['length'] ?? 0) + 1;
    const prev = String(head?.['head_hash'] ?? GENESIS_HASH);
    const { chain, actor, action, subject, body } = draft;
    const hash = ledgerHash({ chain, seq, at, actor, action, subject, body, prev });
    this.#prepare(
      'insert into ledger (chain, seq, at, actor, action, subject, body, prev, hash) ' +
        'values (?, ?, ?, ?, ?, ?, ?, ?, ?)',
    ).run(chain, seq, at, actor, action, subject, body, prev, hash);
    this.#prepare(
      'insert into ledger_chain (chain, head_hash, length) values (?, ?, ?) ' +
        'on conflict (chain) do update set head_hash = excluded.head_hash, length = excluded.length',
    ).run(chain, hash, seq);
  }

  #run(sql: string): void {
    this.#prepare(sql).run();
  }

  #prepare(sql: string): StatementSync {
    const known = this.#prepared.get(sql);
    if (known !== undefined) return known;
    const statement = this.#connection.prepare(sql);
    if (this.#prepared.size >= PREPARED_MAX) {
      const oldest = this.#prepared.keys().next().value;
      if (oldest !== undefined) this.#prepared.delete(oldest);
    }
    this.#prepared.set(sql, statement);
    return statement;
  }
}

function failAll(units: readonly PreparedUnit[], error: TendError): UnitOutcome[] {
  return units.map(() => ({ ok: false, error }));
}
