/** Everything that may be permitted. A route or operation names exactly one; the policy denies the rest. */
export const PERMISSIONS = [
  'public', // no sign-in: health, readiness, version, static files of the board
  'project.read',
  'project.write', // plan, apply, validate on the server
  'data.read',
  'model.read',
  'model.write',
  'endpoint.write', // rollout and rollback
  'prediction.write', // predict, outcomes
  'clock.write', // moves the project clock of a replay
  'incident.write', // acknowledge, resolve, veto
  'comment.write',
  'archive.write', // retire, restore
  'webhook.manage',
  'approval.give',
  'ledger.read',
  'account.manage',
  'server.read', // metrics, doctor
] as const;

export type Permission = (typeof PERMISSIONS)[number];

/** What an account may be; the policy in governance maps each to its permissions. */
export const ROLES = ['viewer', 'editor', 'approver', 'admin'] as const;
export type Role = (typeof ROLES)[number];
