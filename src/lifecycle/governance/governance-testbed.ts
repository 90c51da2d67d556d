import { randomBytes } from 'node:crypto';
import type { Clock, Random } from '../../kernel/clock.ts';
import type { Principal } from '../../kernel/policy.ts';
import type { Database } from '../../store/database.ts';
import { openSqlite } from '../../store/open-sqlite.ts';
import { type Access, LOCAL, openAccess } from './access.ts';
import type { GovernanceContext } from './governance-context.ts';

export const testRandom: Random = { bytes: (count) => randomBytes(count) };

/** A clock that moves when a test says so. */
export interface SetClock extends Clock {
  readonly advance: (ms: number) => void;
}

export function setClock(startMs = Date.UTC(2026, 0, 1)): SetClock {
  let now = startMs;
  return {
    now: () => now,
    monotonic: () => now,
    advance: (ms) => {
      now += ms;
    },
  };
}

export interface GovernanceBed extends AsyncDisposable {
  readonly db: Database;
  readonly clock: SetClock;
  readonly access: Access;
  readonly as: (principal: Principal) => GovernanceContext;
}

/** Governance over an empty database in memory. */
export async function openGovernanceBed(): Promise<GovernanceBed> {
  const clock = setClock();
  const db = await openSqlite({ path: ':memory:', clock });
  const access = openAccess({ db, clock, random: testRandom });
  return {
    db,
    clock,
    access,
    as: (principal) => ({ db, clock, random: testRandom, access, principal }),
    [Symbol.asyncDispose]: () => db.close(),
  };
}

/** A password account made by the person at the machine, and its principal. */
export async function addPerson(
  bed: GovernanceBed,
  name: string,
  roles: Principal['roles'],
): Promise<Principal> {
  const { createAccount } = await import('./accounts.ts');
  const password = `${name}-password`;
  const { id } = await createAccount(bed.as(LOCAL), { name, kind: 'person', roles: [...roles], password });
  return { kind: 'account', id, name, roles };
}

export function bearer(secret: string): Readonly<Record<string, string>> {
  return { authorization: `Bearer ${secret}` };
}

export function basic(name: string, password: string): Readonly<Record<string, string>> {
  return { authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}` };
}
