import type { Permission, Role } from './permission.ts';

/** Who acts: an account behind a token or password, the person at the loopback, or Tend itself. */
export interface Principal {
  readonly kind: 'account' | 'local' | 'system' | 'anonymous';
  /** Account id, or `local`, `system`, `anonymous`. What the ledger names as the actor. */
  readonly id: string;
  readonly name: string;
  readonly roles: readonly Role[];
  /** Permissions that the token is narrowed to; undefined means all of the roles'. */
  readonly scopes?: readonly Permission[];
}

/** Port: governance answers who may do what; surfaces ask before any handler runs. */
export interface Policy {
  readonly allows: (principal: Principal, permission: Permission) => boolean;
}

/** Tend acting by itself: resuming an execution, refreshing a feature table. */
export const SYSTEM: Principal = { kind: 'system', id: 'system', name: 'tend', roles: ['admin'] };
