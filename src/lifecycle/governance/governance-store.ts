import { z } from 'zod';
import { TendError } from '../../kernel/error.ts';
import { PERMISSIONS, type Permission, ROLES, type Role } from '../../kernel/permission.ts';
import type { Database } from '../../store/database.ts';
import { parseJsonText } from '../../store/json-text.ts';
import type { ApprovalTable } from '../../store/tables/project-tables.ts';
import type { AccountTable, TokenTable } from '../../store/tables/server-tables.ts';

/** An account as it is kept. */
export interface Account {
  readonly id: string;
  readonly name: string;
  readonly kind: 'person' | 'service';
  readonly passwordHash: string | undefined;
  readonly roles: readonly Role[];
  readonly disabled: boolean;
  readonly createdAt: number;
}

/** A token as it is kept, with its account. */
export interface TokenRecord {
  readonly id: string;
  readonly name: string;
  readonly secretHash: string;
  readonly scopes: readonly Permission[] | undefined;
  readonly createdAt: number;
  readonly expiresAt: number | undefined;
  readonly lastUsedAt: number | undefined;
  readonly revokedAt: number | undefined;
  readonly account: Account;
}

const roleList = z.array(z.enum(ROLES));
const scopeList = z.array(z.enum(PERMISSIONS));

function accountOf(row: AccountTable): Account {
  return {
    id: row.id,
    name: row.name,
    kind: row.kind,
    passwordHash: row.password_hash ?? undefined,
    roles: readList(roleList, row.roles),
    disabled: row.disabled === 1,
    createdAt: row.created_at,
  };
}

function tokenOf(row: TokenTable, account: Account): TokenRecord {
  return {
    id: row.id,
    name: row.name,
    secretHash: row.secret_hash,
    scopes: row.scopes === null ? undefined : readList(scopeList, row.scopes),
    createdAt: row.created_at,
    expiresAt: row.expires_at ?? undefined,
    lastUsedAt: row.last_used_at ?? undefined,
    revokedAt: row.revoked_at ?? undefined,
    account,
  };
}

function readList<T>(schema: z.ZodType<T>, text: string): T {
  const result = schema.safeParse(parseJsonText(text));
  if (!result.success)
    throw new TendError('STATE_UNREADABLE', 'an account or token holds an unknown permission');
  return result.data;
}

/** Whether anyone can sign in with a password; from then on nobody is let in without credentials. */
export async function anyPasswordAccount(db: Database): Promise<boolean> {
  const row = await db.query
    .selectFrom('account')
    .select('id')
    .where('password_hash', 'is not', null)
    .where('disabled', '=', 0)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** The account of a name, or of an id. */
export async function findAccount(
  db: Database,
  by: { readonly name: string } | { readonly id: string },
): Promise<Account | undefined> {
  const query = db.query.selectFrom('account').selectAll();
  const row = await ('name' in by ? query.where('name', '=', by.name) : query.where('id', '=', by.id))
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? undefined : accountOf(row);
}

/** How many other accounts can sign in as an administrator. */
export async function otherAdmins(db: Database, accountId: string): Promise<number> {
  const rows = await db.query
    .selectFrom('account')
    .selectAll()
    .where('id', '!=', accountId)
    .where('password_hash', 'is not', null)
    .where('disabled', '=', 0)
    .execute();
  return rows.filter((row) => accountOf(row).roles.includes('admin')).length;
}

/** Accounts by id, which is by age; at most `limit`, after the id `after`. */
export async function listAccountRows(
  db: Database,
  page: { readonly limit: number; readonly after: string },
): Promise<Account[]> {
  const rows = await db.query
    .selectFrom('account')
    .selectAll()
    .where('id', '>', page.after)
    .orderBy('id')
    .limit(page.limit)
    .execute();
  return rows.map(accountOf);
}

/** The token of an id, with its account. */
export async function findToken(db: Database, id: string): Promise<TokenRecord | undefined> {
  const row = await db.query.selectFrom('token').selectAll().where('id', '=', id).limit(1).executeTakeFirst();
  if (row === undefined) return undefined;
  const account = await findAccount(db, { id: row.account_id });
  return account === undefined ? undefined : tokenOf(row, account);
}

/** Tokens by id, of one account or of all; those called `hidden` are left out. */
export async function listTokenRows(
  db: Database,
  page: { readonly limit: number; readonly after: string },
  only: { readonly accountId?: string; readonly hidden: string },
): Promise<TokenRecord[]> {
  let query = db.query
    .selectFrom('token')
    .selectAll()
    .where('id', '>', page.after)
    .where('name', '!=', only.hidden);
  if (only.accountId !== undefined) query = query.where('account_id', '=', only.accountId);
  const rows = await query.orderBy('id').limit(page.limit).execute();
  const accounts = new Map<string, Account>();
  for (const id of new Set(rows.map((row) => row.account_id))) {
    const account = await findAccount(db, { id });
    if (account !== undefined) accounts.set(id, account);
  }
  return rows.flatMap((row) => {
    const account = accounts.get(row.account_id);
    return account === undefined ? [] : [tokenOf(row, account)];
  });
}

/** The approval of an id. */
export async function findApproval(db: Database, id: string): Promise<ApprovalTable | undefined> {
  return db.query.selectFrom('approval').selectAll().where('id', '=', id).limit(1).executeTakeFirst();
}

/** Approvals, the newest first, older than the id `before`. */
export async function listApprovalRows(
  db: Database,
  page: { readonly limit: number; readonly before: string | undefined },
  only: { readonly project?: string; readonly state?: ApprovalTable['state'] },
): Promise<ApprovalTable[]> {
  let query = db.query.selectFrom('approval').selectAll();
  if (page.before !== undefined) query = query.where('id', '<', page.before);
  if (only.project !== undefined) query = query.where('project', '=', only.project);
  if (only.state !== undefined) query = query.where('state', '=', only.state);
  return query.orderBy('id', 'desc').limit(page.limit).execute();
}
