import type { Clock, Random } from '../../kernel/clock.ts';
import type { Principal } from '../../kernel/policy.ts';
import type { Database } from '../../store/database.ts';
import type { Access } from './access.ts';

/** What signing in needs of HTTP; the listener gives it, a command line has none. */
export interface SignInExchange {
  /** Address of the other end of the connection. */
  readonly peer: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly setHeader: (name: string, value: string) => void;
}

/** What the use cases of accounts, tokens, sessions and approvals need. */
export interface GovernanceContext {
  readonly db: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly principal: Principal;
  readonly access: Access;
  readonly exchange?: SignInExchange;
}
