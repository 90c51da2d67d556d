import type { Clock, Random } from '../../../kernel/clock.ts';
import type { Database } from '../../../store/database.ts';
import { projectChain, SERVER_CHAIN } from '../../../store/ledger-entry.ts';

/** What tracking needs of its surroundings. */
export interface TrackingContext {
  readonly db: Database;
  readonly clock: Clock;
  readonly random: Random;
  /** Id of the principal that acts; the ledger names it. */
  readonly actor: string;
}

/** The ledger of an experiment's project, or that of the server for one that stands alone. */
export function chainOf({ project }: { readonly project: string | null }): string {
  return project === null ? SERVER_CHAIN : projectChain(project);
}

/** A key with its text: a tag or a parameter. */
export interface KeyValue {
  readonly key: string;
  readonly value: string;
}

/** `bytes` as lower-case hexadecimal digits. */
export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

/**
 * 32 hexadecimal digits that sort by time: 48 bits of milliseconds, then 80 random ones (as UUIDv7 has it).
 * Ids in order are kept side by side, so that new runs are written to few pages.
 */
export function hexId(clock: Clock, random: Random): string {
  return clock.now().toString(16).padStart(12, '0') + hex(random.bytes(10));
}
