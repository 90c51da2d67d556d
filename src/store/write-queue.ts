import { TendError } from '../kernel/error.ts';
import type { PreparedUnit } from './prepared-unit.ts';

/** How one unit of a batch ended. */
export type UnitOutcome = { readonly ok: true } | { readonly ok: false; readonly error: TendError };

/**
 * Units in one transaction. Measured on two shared cores, a batch of 1,024 commits in about 25 ms; a larger
 * one would make the first of its units wait longer without committing more per second.
 */
const BATCH_UNITS_MAX = 1_024;

/** Units that may wait before `commit` rejects with TOO_MANY: some seconds of work, and a bound on memory. */
const WAITING_UNITS_MAX = 100_000;

interface Waiting {
  readonly unit: PreparedUnit;
  readonly resolve: () => void;
  readonly reject: (error: TendError) => void;
}

/**
 * Group commit: one batch is under way at a time, and whatever arrives meanwhile forms the next, so the wait
 * for the disk is shared by all of them.
 */
export class WriteQueue {
  readonly #write: (units: readonly PreparedUnit[]) => Promise<readonly UnitOutcome[]>;
  #waiting: Waiting[] = [];
  #busy = false;
  #closed = false;
  #idle: (() => void)[] = [];

  /**
   * `write` carries out a batch in one transaction and answers for each unit; it rejects only for all of
   * them.
   */
  constructor(write: (units: readonly PreparedUnit[]) => Promise<readonly UnitOutcome[]>) {
    this.#write = write;
  }

  /** Resolves when the unit is on disk. */
  push(unit: PreparedUnit): Promise<void> {
    if (this.#closed) return Promise.reject(new TendError('UNAVAILABLE', 'the database is closed'));
    if (this.#waiting.length >= WAITING_UNITS_MAX) {
      return Promise.reject(new TendError('TOO_MANY', `${WAITING_UNITS_MAX} writes are waiting already`));
    }
    return new Promise<void>((resolve, reject) => {
      this.#waiting.push({ unit, resolve, reject });
      // A microtask later, so that calls made in one turn share a commit even when the writer is free.
      if (!this.#busy && this.#waiting.length === 1) queueMicrotask(() => void this.#run());
    });
  }

  /** Refuses new units and resolves when those that wait are on disk or rejected. */
  async close(): Promise<void> {
    this.#closed = true;
    if (!this.#busy && this.#waiting.length === 0) return;
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  async #run(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, BATCH_UNITS_MAX);
      await this.#settle(batch);
    }
    this.#busy = false;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  async #settle(batch: readonly Waiting[]): Promise<void> {
    try {
      const outcomes = await this.#write(batch.map((waiting) => waiting.unit));
      for (const [index, waiting] of batch.entries()) {
        const outcome = outcomes[index];
        if (outcome?.ok === true) waiting.resolve();
        else
          waiting.reject(outcome?.error ?? new TendError('INTERNAL', 'the writer gave no answer for a unit'));
      }
    } catch (error) {
      const failure =
        error instanceof TendError ? error : new TendError('INTERNAL', String(error), { cause: error });
      for (const waiting of batch) waiting.reject(failure);
    }
  }
}
