import { z } from 'zod';
import { TendError } from '../../kernel/error.ts';
import { ROLES } from '../../kernel/permission.ts';
import type { Statement } from '../../store/database.ts';
import { jsonText } from '../../store/json-text.ts';
import { SERVER_CHAIN } from '../../store/ledger-entry.ts';
import { type AccountView, accountViewOf, newPassword, refuseField } from './accounts.ts';
import type { GovernanceContext } from './governance-context.ts';
import { type Account, findAccount, otherAdmins } from './governance-store.ts';
import { SESSION_NAME } from './tokens.ts';

/** What may change of an account; what is left out stays. */
export const accountChange = z.object({
  name: z.string().max(100),
  roles: z.array(z.enum(ROLES)).min(1).exactOptional(),
  disabled: z.boolean().exactOptional(),
  password: newPassword.exactOptional(),
});

/**
 * Changes roles, password, or whether an account may be used. A new password and a switch-off end its
 * sessions; its tokens rest while it is off. The last administrator stays one, or nobody could let anyone in
 * again.
 * @throws NOT_FOUND, INVALID_INPUT, CONFLICT (the last administrator)
 */
export async function changeAccount(
  ctx: Pick<GovernanceContext, 'db' | 'principal' | 'access'>,
  input: z.output<typeof accountChange>,
): Promise<AccountView> {
  const { db, principal } = ctx;
  const before = await findAccount(db, { name: input.name });
  if (before === undefined) throw new TendError('NOT_FOUND', `there is no account called ${input.name}`);
  if (input.password !== undefined && before.kind === 'service') {
    refuseField('password', 'a service has tokens, not a password');
  }
  const after: Account = {
    ...before,
    roles: [...new Set(input.roles ?? before.roles)],
    disabled: input.disabled ?? before.disabled,
    passwordHash:
      input.password === undefined ? before.passwordHash : await ctx.access.passwords.hash(input.password),
  };
  if (isAdmin(before) && !isAdmin(after) && (await otherAdmins(db, before.id)) === 0) {
    throw new TendError('CONFLICT', `${before.name} is the last administrator with a password`, {
      hint: 'Give another account the role admin first.',
    });
  }
  const query = db.query
    .updateTable('account')
    .set({
      roles: jsonText(after.roles),
      disabled: after.disabled ? 1 : 0,
      password_hash: after.passwordHash ?? null,
    })
    .where('id', '=', before.id)
    .where('roles', '=', jsonText(before.roles))
    .where('disabled', '=', before.disabled ? 1 : 0);
  const statements: Statement[] = [{ query, expect: 1 }];
  if (after.disabled || input.password !== undefined) {
    const sessions = db.query.deleteFrom('token').where('account_id', '=', before.id);
    statements.push({ query: sessions.where('name', '=', SESSION_NAME) });
  }
  const body = { roles: after.roles, disabled: after.disabled, newPassword: input.password !== undefined };
  const entry = {
    chain: SERVER_CHAIN,
    action: 'account.changed',
    actor: principal.id,
    subject: before.id,
    body,
  };
  await db.commit({ statements, ledger: [entry] });
  return accountViewOf(after);
}

function isAdmin(account: Account): boolean {
  return account.roles.includes('admin') && !account.disabled && account.passwordHash !== undefined;
}
