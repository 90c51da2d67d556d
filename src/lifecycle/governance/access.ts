import { createHmac } from 'node:crypto';
import type { Clock, Random } from '../../kernel/clock.ts';
import { TendError } from '../../kernel/error.ts';
import { isLoopback } from '../../kernel/loopback.ts';
import type { Principal } from '../../kernel/policy.ts';
import type { Database } from '../../store/database.ts';
import { SERVER_CHAIN } from '../../store/ledger-entry.ts';
import {
  type Account,
  anyPasswordAccount,
  findAccount,
  findToken,
  type TokenRecord,
} from './governance-store.ts';
import { argonPasswords, type Passwords } from './passwords.ts';
import { type SignInLimit, signInLimit } from './sign-in-limit.ts';
import { matchesSecret, parseToken } from './token-secret.ts';

/** Name of the cookie that a browser holds after sign-in; its value is a token. */
export const SESSION_COOKIE = 'tend_session';

/** The person at the machine of a server that has no account with a password yet. */
export const LOCAL: Principal = { kind: 'local', id: 'local', name: 'local', roles: ['admin'] };

const NOBODY: Principal = { kind: 'anonymous', id: 'anonymous', name: 'anonymous', roles: [] };

/** A caller as the listener sees it. */
export interface AccessCaller {
  readonly peer: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** Who may come in, and as whom. One for the process. */
export interface Access {
  readonly passwords: Passwords;
  /**
   * The principal of a caller: the account behind its token, its name and password, or its session; without
   * any, `local` on the loopback of a server without password accounts, else `anonymous`.
   * @throws NOT_SIGNED_IN for credentials that do not hold, TOO_MANY after too many of them
   */
  readonly authenticate: (caller: AccessCaller) => Promise<Principal>;
  /** The account of a name and password. @throws NOT_SIGNED_IN, TOO_MANY */
  readonly checkPassword: (name: string, password: string, peer: string) => Promise<Account>;
  /** Whether callers without credentials are refused. */
  readonly signInNeeded: () => Promise<boolean>;
}

/** A token's last use is written at most this often: enough to find unused ones, and no write per request. */
const LAST_USED_EVERY_MS = 10 * 60_000;

/** How long a checked password is remembered, so that a client of basic auth costs 44 ms once a minute. */
const CHECKED_MS = 60_000;
const CHECKED_MAX = 1_000;
const NAME_CHARS_MAX = 200;

/** A proxy on this machine connects from the loopback on behalf of others, and says so by one of these. */
const PROXY_HEADERS = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'];

interface Ports {
  readonly db: Database;
  readonly clock: Clock;
  readonly random: Random;
}

/** Access by the accounts and tokens of a database. */
export function openAccess(ports: Ports): Access {
  const { db } = ports;
  const passwords = argonPasswords(ports.random);
  const checkPassword = passwordCheck(ports, passwords, signInLimit(ports.clock));
  let closed = false;
  const signInNeeded = async (): Promise<boolean> => {
    closed ||= await anyPasswordAccount(db);
    return closed;
  };
  const authenticate = async (caller: AccessCaller): Promise<Principal> => {
    const authorization = caller.headers['authorization'];
    if (typeof authorization === 'string')
      return bearerOrBasic(ports, authorization, caller.peer, checkPassword);
    const session = sessionToken(caller.headers['cookie']);
    const token = session === undefined ? undefined : await validToken(ports, session);
    if (token !== undefined) return principalOf(token.account, token);
    const proxied = PROXY_HEADERS.some((name) => caller.headers[name] !== undefined);
    return isLoopback(caller.peer) && !proxied && !(await signInNeeded()) ? LOCAL : NOBODY;
  };
  return { passwords, authenticate, checkPassword, signInNeeded };
}

/** The token in a `Cookie` header, if a session is in it. */
export function sessionToken(cookie: string | string[] | undefined): string | undefined {
  if (typeof cookie !== 'string') return undefined;
  const pairs = cookie.split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${SESSION_COOKIE}=`))?.slice(SESSION_COOKIE.length + 1);
}

async function bearerOrBasic(
  ports: Ports,
  authorization: string,
  peer: string,
  checkPassword: Access['checkPassword'],
): Promise<Principal> {
  const [, scheme = '', value = ''] = /^(bearer|basic) +(\S+) *$/i.exec(authorization) ?? [];
  if (scheme === '')
    throw new TendError('NOT_SIGNED_IN', 'expected `Authorization: Bearer tend_…` or basic auth');
  if (scheme.toLowerCase() === 'bearer') return tokenPrincipal(ports, value);
  const pair = Buffer.from(value, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  if (colon === -1)
    throw new TendError('NOT_SIGNED_IN', 'basic auth should hold a name, a colon and a password');
  const password = pair.slice(colon + 1);
  if (parseToken(password) !== undefined) return tokenPrincipal(ports, password);
  return principalOf(await checkPassword(pair.slice(0, colon), password, peer));
}

async function tokenPrincipal(ports: Ports, text: string): Promise<Principal> {
  const token = await validToken(ports, text);
  if (token === undefined) {
    throw new TendError('NOT_SIGNED_IN', 'the token is unknown, expired or revoked', {
      hint: '`tend tokens create NAME` makes a new one.',
    });
  }
  return principalOf(token.account, token);
}

async function validToken(ports: Ports, text: string): Promise<TokenRecord | undefined> {
  const { db, clock } = ports;
  const parsed = parseToken(text);
  const token = parsed === undefined ? undefined : await findToken(db, parsed.id);
  if (parsed === undefined || token === undefined || !matchesSecret(parsed.secret, token.secretHash))
    return undefined;
  const now = clock.now();
  const over = token.expiresAt !== undefined && token.expiresAt <= now;
  if (over || token.revokedAt !== undefined || token.account.disabled) return undefined;
  if (now - (token.lastUsedAt ?? 0) >= LAST_USED_EVERY_MS) await noteUse(ports, token.id);
  return token;
}

async function noteUse({ db, clock }: Ports, id: string): Promise<void> {
  const query = db.query.updateTable('token').set({ last_used_at: clock.now() }).where('id', '=', id);
  try {
    await db.commit({ statements: [{ query }] });
  } catch (error) {
    // A full disk must not lock out whoever comes to free it; the next use tries again.
    if (!(error instanceof TendError)) throw error;
  }
}

function principalOf(account: Account, token?: TokenRecord): Principal {
  const { id, name, roles } = account;
  return {
    kind: 'account',
    id,
    name,
    roles,
    ...(token?.scopes === undefined ? {} : { scopes: token.scopes }),
  };
}

function passwordCheck(ports: Ports, passwords: Passwords, limit: SignInLimit): Access['checkPassword'] {
  const { db, clock, random } = ports;
  const key = random.bytes(32);
  const checked = new Map<string, { readonly untilMs: number; readonly right: Promise<boolean> }>();
  const isRight = (
    account: Account | undefined,
    name: string,
    password: string,
    peer: string,
  ): Promise<boolean> => {
    const hash = account?.disabled === true ? undefined : account?.passwordHash;
    const digest = createHmac('sha256', key)
      .update(JSON.stringify([hash, name, password]))
      .digest('base64');
    const known = checked.get(digest);
    if (known !== undefined && known.untilMs > clock.now()) return known.right;
    limit.check(peer, name);
    const closes = limit.attempt(peer, name);
    const right = passwords.verify(password, hash);
    checked.set(digest, { untilMs: clock.now() + CHECKED_MS, right });
    for (const oldest of checked.keys()) {
      if (checked.size <= CHECKED_MAX) break;
      checked.delete(oldest);
    }
    const forget = (): void => void checked.delete(digest);
    right.then((holds) => (holds ? limit.succeeded(peer, name) : forget()), forget);
    return closes ? right.then((holds) => noteLimit(ports, name, peer, holds)) : right;
  };
  return async (name, password, peer) => {
    const account = name.length > NAME_CHARS_MAX ? undefined : await findAccount(db, { name });
    if (await isRight(account, name.slice(0, NAME_CHARS_MAX), password, peer)) {
      if (account !== undefined) return account;
    }
    throw new TendError('NOT_SIGNED_IN', 'the name or the password is wrong', {
      hint: 'Check both and try again.',
    });
  };
}

async function noteLimit({ db }: Ports, name: string, peer: string, right: boolean): Promise<boolean> {
  if (right) return true;
  const entry = {
    chain: SERVER_CHAIN,
    action: 'sign-in.limited',
    actor: 'anonymous',
    subject: name,
    body: { peer },
  };
  await db.commit({ statements: [], ledger: [entry] });
  return false;
}
