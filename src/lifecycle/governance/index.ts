/**
 * Governance: who may do what, and who agreed to what. Accounts with passwords or tokens; roles that permit;
 * approvals with separation of duties, each kept as evidence and in the ledger.
 */
export { type Access, openAccess } from './access.ts';
export { ensureFirstAccount } from './accounts.ts';
export { APPROVAL_DECIDED } from './approvals.ts';
export { assertMayBind } from './assert-may-bind.ts';
export type { GovernanceContext, SignInExchange } from './governance-context.ts';
export { governanceOperations } from './operations.ts';
export { rolePolicy } from './policy.ts';
