import { z } from 'zod';
import { parseDuration } from '../../kernel/duration.ts';
import { TendError } from '../../kernel/error.ts';
import { newId } from '../../kernel/id.ts';
import { decodeCursor, encodeCursor } from '../../kernel/page.ts';
import { PERMISSIONS, type Permission } from '../../kernel/permission.ts';
import type { Principal } from '../../kernel/policy.ts';
import { jsonText } from '../../store/json-text.ts';
import { SERVER_CHAIN } from '../../store/ledger-entry.ts';
import type { GovernanceContext } from './governance-context.ts';
import { type Account, findAccount, findToken, listTokenRows, type TokenRecord } from './governance-store.ts';
import { rolePolicy } from './policy.ts';
import { newTokenSecret } from './token-secret.ts';

/** Tokens of this name are sessions of browsers; lists leave them out, and nobody else may use the name. */
export const SESSION_NAME = 'session';

/** A token as others see it: all but its secret. */
export const tokenView = z
  .object({
    id: z.string(),
    account: z.string(),
    name: z.string(),
    scopes: z.array(z.enum(PERMISSIONS)).exactOptional(),
    createdAt: z.int(),
    expiresAt: z.int().exactOptional(),
    lastUsedAt: z.int().exactOptional(),
    revokedAt: z.int().exactOptional(),
  })
  .meta({ id: 'Token' });

export type TokenView = z.output<typeof tokenView>;

/** What a token is to be: whose, how narrow, until when. */
export const newToken = z.object({
  name: z
    .string()
    .min(1)
    .max(100)
    .refine((name) => name !== SESSION_NAME, 'this name is reserved'),
  /** Name of the account it acts as; that of the caller unless given. */
  account: z.string().exactOptional(),
  scopes: z.array(z.enum(PERMISSIONS)).min(1).exactOptional(),
  expiresIn: z
    .string()
    .refine((text) => (parseDuration(text) ?? 0) > 0, 'expected a duration such as 90d')
    .exactOptional(),
});

/**
 * Makes a token and answers its text, this once. For another account than one's own it takes the permission
 * `account.manage`; a narrowed token makes none without it, or it would outlive what it was narrowed to.
 * @throws NOT_ALLOWED, NOT_FOUND (account), INVALID_INPUT
 */
export async function createToken(
  ctx: GovernanceContext,
  input: z.output<typeof newToken>,
): Promise<TokenView & { secret: string }> {
  const account = await accountFor(ctx, input.account);
  const expiresInMs = input.expiresIn === undefined ? undefined : parseDuration(input.expiresIn);
  const { record, secret } = await insertToken(ctx, account, {
    name: input.name,
    ...(input.scopes === undefined ? {} : { scopes: input.scopes }),
    ...(expiresInMs === undefined ? {} : { expiresAt: ctx.clock.now() + expiresInMs }),
  });
  return { ...viewOf(record), secret };
}

async function accountFor(ctx: GovernanceContext, name: string | undefined): Promise<Account> {
  const { db, principal } = ctx;
  const manages = rolePolicy.allows(principal, 'account.manage');
  if (principal.scopes !== undefined && !manages) {
    throw new TendError(
      'NOT_ALLOWED',
      'a token that is narrowed to scopes makes no tokens without account.manage',
    );
  }
  const own = principal.kind === 'account' ? await findAccount(db, { id: principal.id }) : undefined;
  if (name === undefined || name === own?.name) {
    if (own !== undefined) return own;
    const fields = [{ path: 'account', message: 'name the account that the token acts as' }];
    throw new TendError('INVALID_INPUT', 'account: name the account that the token acts as', { fields });
  }
  if (!manages)
    throw new TendError('NOT_ALLOWED', 'a token for another account takes the permission account.manage');
  const account = await findAccount(db, { name });
  if (account === undefined) throw new TendError('NOT_FOUND', `there is no account called ${name}`);
  return account;
}

/** Writes the row of a new token with its ledger entry. `secret` is the whole text that its owner sends. */
export async function insertToken(
  ctx: Pick<GovernanceContext, 'db' | 'clock' | 'random'> & { readonly principal: Pick<Principal, 'id'> },
  account: Account,
  draft: { readonly name: string; readonly scopes?: readonly Permission[]; readonly expiresAt?: number },
): Promise<{ readonly record: TokenRecord; readonly secret: string }> {
  const { db, clock, random } = ctx;
  const id = newId('tok', clock, random);
  const { text, hash } = newTokenSecret(id, random);
  const createdAt = clock.now();
  const query = db.query.insertInto('token').values({
    id,
    account_id: account.id,
    name: draft.name,
    secret_hash: hash,
    scopes: draft.scopes === undefined ? null : jsonText(draft.scopes),
    created_at: createdAt,
    expires_at: draft.expiresAt ?? null,
    last_used_at: null,
    revoked_at: null,
  });
  const body = {
    account: account.id,
    name: draft.name,
    scopes: draft.scopes ?? null,
    expiresAt: draft.expiresAt ?? null,
  };
  const entry = { chain: SERVER_CHAIN, action: 'token.created', actor: ctx.principal.id, subject: id, body };
  await db.commit({ statements: [{ query, expect: 1 }], ledger: [entry] });
  const { name, scopes, expiresAt } = draft;
  const record = { id, name, secretHash: hash, scopes, createdAt, expiresAt, account };
  return { record: { ...record, lastUsedAt: undefined, revokedAt: undefined }, secret: text };
}

/** One's own tokens; with `account.manage` everyone's. */
export async function listTokens(
  ctx: Pick<GovernanceContext, 'db' | 'principal'>,
  page: { readonly limit: number; readonly cursor?: string },
): Promise<{ items: TokenView[]; next?: string }> {
  const after = page.cursor === undefined ? '' : decodeCursor(page.cursor);
  const all = rolePolicy.allows(ctx.principal, 'account.manage');
  const only = { hidden: SESSION_NAME, ...(all ? {} : { accountId: ctx.principal.id }) };
  const rows = await listTokenRows(ctx.db, { limit: page.limit + 1, after }, only);
  const items = rows.slice(0, page.limit).map(viewOf);
  const last = items.at(-1);
  return rows.length > page.limit && last !== undefined ? { items, next: encodeCursor(last.id) } : { items };
}

/**
 * Ends a token now. One's own, or anyone's with `account.manage`. @throws NOT_FOUND, CONFLICT (ended before)
 */
export async function revokeToken(
  ctx: GovernanceContext,
  input: { readonly id: string },
): Promise<TokenView> {
  const { db, clock, principal } = ctx;
  const token = await findToken(db, input.id);
  const own = token?.account.id === principal.id;
  if (token === undefined || (!own && !rolePolicy.allows(principal, 'account.manage'))) {
    throw new TendError('NOT_FOUND', `there is no token ${input.id} of yours`, {
      hint: 'See `tend tokens list`.',
    });
  }
  if (token.revokedAt !== undefined) throw new TendError('CONFLICT', `token ${token.id} was revoked before`);
  const revokedAt = clock.now();
  const query = db.query
    .updateTable('token')
    .set({ revoked_at: revokedAt })
    .where('id', '=', token.id)
    .where('revoked_at', 'is', null);
  const body = { account: token.account.id, name: token.name };
  const entry = {
    chain: SERVER_CHAIN,
    action: 'token.revoked',
    actor: principal.id,
    subject: token.id,
    body,
  };
  await db.commit({ statements: [{ query, expect: 1 }], ledger: [entry] });
  return viewOf({ ...token, revokedAt });
}

function viewOf(token: TokenRecord): TokenView {
  const { id, name, scopes, createdAt, expiresAt, lastUsedAt, revokedAt } = token;
  return {
    id,
    account: token.account.name,
    name,
    ...(scopes === undefined ? {} : { scopes: [...scopes] }),
    createdAt,
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(lastUsedAt === undefined ? {} : { lastUsedAt }),
    ...(revokedAt === undefined ? {} : { revokedAt }),
  };
}
