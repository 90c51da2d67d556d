import { z } from 'zod';
import { type AnyOperation, defineOperation } from '../../kernel/operation.ts';
import { pageInput, pageOf } from '../../kernel/page.ts';
import { PERMISSIONS, ROLES } from '../../kernel/permission.ts';
import { accountView, createAccount, listAccounts, newAccount } from './accounts.ts';
import {
  APPROVAL_STATES,
  approvalDecision,
  approvalView,
  approve,
  listApprovals,
  reject,
} from './approvals.ts';
import { accountChange, changeAccount } from './change-account.ts';
import type { GovernanceContext } from './governance-context.ts';
import { permissionsOf } from './policy.ts';
import { createSession, endSession, signIn } from './sessions.ts';
import { createToken, listTokens, newToken, revokeToken, tokenView } from './tokens.ts';

const me = z
  .object({
    kind: z.enum(['account', 'local', 'system', 'anonymous']),
    id: z.string(),
    name: z.string(),
    roles: z.array(z.enum(ROLES)),
    permissions: z.array(z.enum(PERMISSIONS)),
    signInNeeded: z.boolean(),
  })
  .meta({ id: 'Me' });

/** What governance offers: accounts, tokens, sessions, approvals. */
export const governanceOperations: readonly AnyOperation<GovernanceContext>[] = [
  defineOperation({
    name: 'accounts.create',
    summary: 'Makes an account; the first with a password closes the server to everyone else',
    method: 'POST',
    path: '/accounts',
    input: newAccount,
    output: accountView,
    errors: ['INVALID_INPUT', 'CONFLICT'],
    permission: 'account.manage',
    audit: 'ledger',
    cli: {
      command: 'accounts create',
      positional: ['name'],
      example: 'tend accounts create ada --roles admin --password-file -',
    },
    handler: (ctx: GovernanceContext, input) => createAccount(ctx, input),
  }),
  defineOperation({
    name: 'accounts.list',
    summary: 'Lists the accounts',
    method: 'GET',
    path: '/accounts',
    input: z.object(pageInput),
    output: pageOf(accountView),
    errors: [],
    permission: 'account.manage',
    audit: 'none',
    cli: { command: 'accounts list' },
    handler: (ctx: GovernanceContext, input) => listAccounts(ctx, input),
  }),
  defineOperation({
    name: 'accounts.update',
    summary: 'Changes the roles or the password of an account, or switches it off',
    method: 'PATCH',
    path: '/accounts/{name}',
    input: accountChange,
    output: accountView,
    errors: ['NOT_FOUND', 'INVALID_INPUT', 'CONFLICT'],
    permission: 'account.manage',
    audit: 'ledger',
    cli: { command: 'accounts update', positional: ['name'], example: 'tend accounts update ada --disabled' },
    handler: (ctx: GovernanceContext, input) => changeAccount(ctx, input),
  }),
  defineOperation({
    name: 'tokens.create',
    summary: 'Makes a token and shows its secret, this once',
    method: 'POST',
    path: '/tokens',
    input: newToken,
    output: tokenView.extend({ secret: z.string() }).meta({ id: 'NewToken' }),
    errors: ['INVALID_INPUT', 'NOT_ALLOWED', 'NOT_FOUND'],
    permission: 'project.read',
    audit: 'ledger',
    cli: {
      command: 'tokens create',
      positional: ['name'],
      example: 'tend tokens create ci --scopes project.read --scopes project.write --expires-in 90d',
    },
    handler: (ctx: GovernanceContext, input) => createToken(ctx, input),
  }),
  defineOperation({
    name: 'tokens.list',
    summary: 'Lists your tokens, or everyone’s if you manage accounts',
    method: 'GET',
    path: '/tokens',
    input: z.object(pageInput),
    output: pageOf(tokenView),
    errors: [],
    permission: 'project.read',
    audit: 'none',
    cli: { command: 'tokens list' },
    handler: (ctx: GovernanceContext, input) => listTokens(ctx, input),
  }),
  defineOperation({
    name: 'tokens.revoke',
    summary: 'Ends a token now',
    method: 'DELETE',
    path: '/tokens/{id}',
    input: z.object({ id: z.string().max(100) }),
    output: tokenView,
    errors: ['NOT_FOUND', 'CONFLICT'],
    permission: 'project.read',
    audit: 'ledger',
    cli: { command: 'tokens revoke', positional: ['id'], example: 'tend tokens revoke tok_01ht…' },
    handler: (ctx: GovernanceContext, input) => revokeToken(ctx, input),
  }),
  defineOperation({
    name: 'session.create',
    summary: 'Signs a browser in with name and password',
    method: 'POST',
    path: '/session',
    input: signIn,
    output: z.object({ name: z.string(), expiresAt: z.int() }),
    errors: ['NOT_SIGNED_IN', 'TOO_MANY'],
    permission: 'public',
    audit: 'ledger',
    handler: (ctx: GovernanceContext, input) => createSession(ctx, input),
  }),
  defineOperation({
    name: 'session.delete',
    summary: 'Signs a browser out',
    method: 'DELETE',
    path: '/session',
    input: z.object({}),
    output: z.object({ signedOut: z.boolean() }),
    errors: [],
    permission: 'public',
    audit: 'ledger',
    handler: (ctx: GovernanceContext) => endSession(ctx),
  }),
  defineOperation({
    name: 'me.get',
    summary: 'Who you are here and what you may',
    method: 'GET',
    path: '/me',
    input: z.object({}),
    output: me,
    errors: [],
    permission: 'public',
    audit: 'none',
    cli: { command: 'me', example: 'tend me' },
    handler: async (ctx: GovernanceContext) => {
      const { kind, id, name, roles } = ctx.principal;
      const permissions = [...permissionsOf(ctx.principal)];
      return {
        kind,
        id,
        name,
        roles: [...roles],
        permissions,
        signInNeeded: await ctx.access.signInNeeded(),
      };
    },
  }),
  ...approvalOperations(),
];

function approvalOperations(): readonly AnyOperation<GovernanceContext>[] {
  return [
    defineOperation({
      name: 'approvals.list',
      summary: 'Lists what waits for a decision, and what was decided',
      method: 'GET',
      path: '/approvals',
      input: z.object({
        ...pageInput,
        project: z.string().exactOptional(),
        state: z.enum(APPROVAL_STATES).exactOptional(),
      }),
      output: pageOf(approvalView),
      errors: [],
      permission: 'project.read',
      audit: 'none',
      cli: { command: 'approvals list', example: 'tend approvals list --state waiting' },
      handler: (ctx: GovernanceContext, input) => listApprovals(ctx, input),
    }),
    defineOperation({
      name: 'approvals.approve',
      summary: 'Approves what waits for you',
      method: 'POST',
      path: '/approvals/{id}/approve',
      input: approvalDecision,
      output: z.object({ id: z.string(), state: z.literal('approved') }),
      errors: ['NOT_FOUND', 'NOT_ALLOWED', 'CONFLICT'],
      permission: 'approval.give',
      audit: 'ledger',
      cli: {
        command: 'approve',
        positional: ['id'],
        example: 'tend approve apr_01ht… --comment "checked the slices"',
      },
      handler: (ctx: GovernanceContext, input) => approve(ctx, input),
    }),
    defineOperation({
      name: 'approvals.reject',
      summary: 'Rejects what waits for you',
      method: 'POST',
      path: '/approvals/{id}/reject',
      input: approvalDecision,
      output: z.object({ id: z.string(), state: z.literal('rejected') }),
      errors: ['NOT_FOUND', 'NOT_ALLOWED', 'CONFLICT'],
      permission: 'approval.give',
      audit: 'ledger',
      cli: {
        command: 'reject',
        positional: ['id'],
        example: 'tend reject apr_01ht… --comment "too few rows"',
      },
      handler: (ctx: GovernanceContext, input) => reject(ctx, input),
    }),
  ];
}
