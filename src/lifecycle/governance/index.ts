/**
 * Governance: who may do what, who agreed to what, and what can be shown of it. Accounts with passwords or
 * tokens; roles that permit; approvals with separation of duties, each kept as evidence and in the ledger;
 * comments on anything. Model cards, data sheets and traces are filled from records alone: what no record
 * answers is stated as such. Frameworks say which of their outcomes evidence speaks to, and no more.
 */
export { type Access, openAccess } from './access.ts';
export { ensureFirstAccount } from './accounts.ts';
export { APPROVAL_DECIDED } from './approvals.ts';
export { assertMayBind } from './assert-may-bind.ts';
export { COMMENT_CREATED } from './comments/comments.ts';
export { commentOperations } from './comments/comment-operations.ts';
export { documentOperations, documentView } from './document-operations.ts';
export { documentRoutes } from './document-routes.ts';
export type { GovernanceContext, SignInExchange } from './governance-context.ts';
export { governanceOperations } from './operations.ts';
export { rolePolicy } from './policy.ts';
export { type GovernanceInputs, governanceKey, runGovernance } from './stage.ts';
export { traceOperations } from './trace/trace-operations.ts';
export type { TraceContext } from './trace/trace-prediction.ts';
export { type Trace, traceView } from './trace/trace-view.ts';
