import { z } from 'zod';
import { TendError } from '../../kernel/error.ts';
import { SERVER_CHAIN } from '../../store/ledger-entry.ts';
import { SESSION_COOKIE, sessionToken } from './access.ts';
import type { GovernanceContext, SignInExchange } from './governance-context.ts';
import { findToken } from './governance-store.ts';
import { matchesSecret, parseToken } from './token-secret.ts';
import { insertToken, SESSION_NAME } from './tokens.ts';

/** A working day; who is still there signs in again. */
const SESSION_MS = 12 * 3_600_000;

/** What a person types to sign in. */
export const signIn = z.object({
  name: z.string().min(1).max(200),
  password: z.string().min(1).max(256).meta({ format: 'password' }),
});

/**
 * Signs a browser in: its cookie holds a token of twelve hours that no script can read and no other site can
 * make it send. Sessions of the account that are over are swept. @throws NOT_SIGNED_IN, TOO_MANY
 */
export async function createSession(
  ctx: GovernanceContext,
  input: z.output<typeof signIn>,
): Promise<{ name: string; expiresAt: number }> {
  const exchange = exchangeOf(ctx);
  const account = await ctx.access.checkPassword(input.name, input.password, exchange.peer);
  const now = ctx.clock.now();
  const expiresAt = now + SESSION_MS;
  const { secret } = await insertToken({ ...ctx, principal: account }, account, {
    name: SESSION_NAME,
    expiresAt,
  });
  const over = ctx.db.query
    .deleteFrom('token')
    .where('account_id', '=', account.id)
    .where('name', '=', SESSION_NAME)
    .where('expires_at', '<', now);
  await ctx.db.commit({ statements: [{ query: over }] });
  exchange.setHeader('set-cookie', cookie(exchange, secret, SESSION_MS / 1_000));
  return { name: account.name, expiresAt };
}

/** Signs a browser out; answers the same where nobody was signed in. */
export async function endSession(ctx: GovernanceContext): Promise<{ signedOut: boolean }> {
  const exchange = exchangeOf(ctx);
  const parsed = parseToken(sessionToken(exchange.headers['cookie']) ?? '');
  const token = parsed === undefined ? undefined : await findToken(ctx.db, parsed.id);
  exchange.setHeader('set-cookie', cookie(exchange, '', 0));
  if (parsed === undefined || token === undefined || !matchesSecret(parsed.secret, token.secretHash)) {
    return { signedOut: false };
  }
  const query = ctx.db.query.deleteFrom('token').where('id', '=', token.id);
  const { id } = token.account;
  const entry = { chain: SERVER_CHAIN, action: 'session.ended', actor: id, subject: token.id, body: {} };
  await ctx.db.commit({ statements: [{ query }], ledger: [entry] });
  return { signedOut: true };
}

function cookie(exchange: SignInExchange, value: string, seconds: number): string {
  // Whoever forges the header only makes its own cookie stricter.
  const secure = exchange.headers['x-forwarded-proto'] === 'https' ? '; Secure' : '';
  return `${SESSION_COOKIE}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${seconds}${secure}`;
}

function exchangeOf(ctx: GovernanceContext): SignInExchange {
  if (ctx.exchange !== undefined) return ctx.exchange;
  throw new TendError('INVALID_INPUT', 'sessions are for browsers; a program sends a token');
}
