import { z } from 'zod';
import { TendError } from '../../kernel/error.ts';
import { newId } from '../../kernel/id.ts';
import { decodeCursor, encodeCursor } from '../../kernel/page.ts';
import { ROLES, type Role } from '../../kernel/permission.ts';
import { jsonText } from '../../store/json-text.ts';
import { SERVER_CHAIN } from '../../store/ledger-entry.ts';
import type { GovernanceContext } from './governance-context.ts';
import { type Account, findAccount, listAccountRows } from './governance-store.ts';

/** An account as others see it. */
export const accountView = z
  .object({
    id: z.string(),
    name: z.string(),
    kind: z.enum(['person', 'service']),
    roles: z.array(z.enum(ROLES)),
    hasPassword: z.boolean(),
    disabled: z.boolean(),
    createdAt: z.int(),
  })
  .meta({ id: 'Account' });

export type AccountView = z.output<typeof accountView>;

/** Names that a principal without an account has, which no account may take. */
const RESERVED_NAMES = new Set(['local', 'system', 'anonymous', 'tend', 'author']);

/** At least 8 characters and no other rule: NIST SP 800-63B asks for length, not for symbols. */
export const newPassword = z.string().min(8).max(256).meta({ format: 'password' });

/** A new account: a person who signs in with a password, or a service that has tokens alone. */
export const newAccount = z.object({
  name: z
    .string()
    .max(100)
    .regex(/^[A-Za-z0-9][A-Za-z0-9._@-]*$/, 'expected letters, digits, dots, @, _ and -')
    .refine((name) => !RESERVED_NAMES.has(name.toLowerCase()), 'this name is reserved'),
  kind: z.enum(['person', 'service']).default('person'),
  roles: z.array(z.enum(ROLES)).min(1).default(['viewer']),
  password: newPassword.exactOptional(),
});

type Making = Pick<GovernanceContext, 'db' | 'clock' | 'random' | 'principal' | 'access'>;

/**
 * Makes an account. The first one with a password must be an admin: with it everything asks for sign-in, and
 * nobody else could let anyone in. @throws INVALID_INPUT, CONFLICT (name taken)
 */
export async function createAccount(ctx: Making, input: z.output<typeof newAccount>): Promise<AccountView> {
  const { password, kind } = input;
  if (kind === 'service' && password !== undefined)
    refuseField('password', 'a service has tokens, not a password');
  if (kind === 'person' && password === undefined) refuseField('password', 'a person needs a password');
  if (password !== undefined && !input.roles.includes('admin') && !(await ctx.access.signInNeeded())) {
    refuseField('roles', 'the first account with a password must have the role admin');
  }
  return insertAccount(ctx, input);
}

/**
 * The account of the administrator that the configuration names, made at the first start; later starts change
 * nothing, also when the configuration does. True when it was made.
 */
export async function ensureFirstAccount(
  ctx: Making,
  admin: { readonly name: string; readonly password: string },
): Promise<boolean> {
  if (admin.name === '' || admin.password === '')
    refuseField('password', 'the name and the password must not be empty');
  if (await ctx.access.signInNeeded()) return false;
  if ((await findAccount(ctx.db, { name: admin.name })) !== undefined) return false;
  await insertAccount(ctx, { ...admin, kind: 'person', roles: ['admin'] });
  return true;
}

async function insertAccount(
  ctx: Making,
  input: {
    readonly name: string;
    readonly kind: 'person' | 'service';
    readonly roles: readonly Role[];
    readonly password?: string;
  },
): Promise<AccountView> {
  const { db, clock, random, principal } = ctx;
  if ((await findAccount(db, { name: input.name })) !== undefined) {
    throw new TendError('CONFLICT', `there is an account called ${input.name} already`, {
      hint: 'Choose another name.',
    });
  }
  const account: Account = {
    id: newId('acc', clock, random),
    name: input.name,
    kind: input.kind,
    passwordHash: input.password === undefined ? undefined : await ctx.access.passwords.hash(input.password),
    roles: [...new Set(input.roles)],
    disabled: false,
    createdAt: clock.now(),
  };
  const query = db.query.insertInto('account').values({
    id: account.id,
    name: account.name,
    kind: account.kind,
    password_hash: account.passwordHash ?? null,
    roles: jsonText(account.roles),
    disabled: 0,
    created_at: account.createdAt,
  });
  const { id, name, kind, roles } = account;
  const body = { name, kind, roles, hasPassword: account.passwordHash !== undefined };
  const entry = { chain: SERVER_CHAIN, action: 'account.created', actor: principal.id, subject: id, body };
  await db.commit({ statements: [{ query, expect: 1 }], ledger: [entry] });
  return accountViewOf(account);
}

/** Every account, in the order of their making. */
export async function listAccounts(
  ctx: Pick<GovernanceContext, 'db'>,
  page: { readonly limit: number; readonly cursor?: string },
): Promise<{ items: AccountView[]; next?: string }> {
  const after = page.cursor === undefined ? '' : decodeCursor(page.cursor);
  const rows = await listAccountRows(ctx.db, { limit: page.limit + 1, after });
  const items = rows.slice(0, page.limit).map(accountViewOf);
  const last = items.at(-1);
  return rows.length > page.limit && last !== undefined ? { items, next: encodeCursor(last.id) } : { items };
}

/** An account without its secrets. */
export function accountViewOf(account: Account): AccountView {
  const { id, name, kind, roles, disabled, createdAt } = account;
  return {
    id,
    name,
    kind,
    roles: [...roles],
    hasPassword: account.passwordHash !== undefined,
    disabled,
    createdAt,
  };
}

/** @throws INVALID_INPUT about one field */
export function refuseField(path: string, message: string): never {
  throw new TendError('INVALID_INPUT', `${path}: ${message}`, { fields: [{ path, message }] });
}
