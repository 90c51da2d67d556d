/**
 * Governance: who may do what, and who agreed to what. Accounts with passwords or tokens; roles that permit;
 * approvals with separation of duties, each kept as evidence and in the ledger.
 */
export { type Access, openAccess, SESSION_COOKIE } from './access.ts';
export { ensureFirstAccount } from './accounts.ts';
export { APPROVAL_DECIDED, approve, listApprovals, reject } from './approvals.ts';
export { assertMayBind } from './assert-may-bind.ts';
export type { GovernanceContext, SignInExchange } from './governance-context.ts';
export { governanceOperations } from './operations.ts';
export { permissionsOf, rolePolicy } from './policy.ts';
export { type ApprovalSpec, approvalSpec, governanceSpec } from './spec.ts';
