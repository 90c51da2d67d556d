import { PERMISSIONS, type Permission, type Role } from '../../kernel/permission.ts';
import type { Policy, Principal } from '../../kernel/policy.ts';

const READING: readonly Permission[] = [
  'public',
  'project.read',
  'data.read',
  'model.read',
  'ledger.read',
  'server.read',
];

/** What each role may. An approver decides and changes nothing else: who builds is not who approves. */
export const PERMISSIONS_OF_ROLE: Readonly<Record<Role, readonly Permission[]>> = {
  viewer: READING,
  editor: [
    ...READING,
    'project.write',
    'model.write',
    'endpoint.write',
    'prediction.write',
    'clock.write',
    'incident.write',
    'comment.write',
    'archive.write',
  ],
  approver: [...READING, 'approval.give', 'incident.write', 'comment.write'],
  admin: PERMISSIONS,
};

/**
 * What a principal may: what its roles allow, narrowed by the scopes of its token. `public` is everyone's.
 */
export function permissionsOf(principal: Principal): readonly Permission[] {
  return PERMISSIONS.filter((permission) => allows(principal, permission));
}

function allows(principal: Principal, permission: Permission): boolean {
  if (permission === 'public') return true;
  if (principal.scopes !== undefined && !principal.scopes.includes(permission)) return false;
  return principal.roles.some((role) => PERMISSIONS_OF_ROLE[role].includes(permission));
}

/** The answer of governance to every surface: deny unless a role allows it. */
export const rolePolicy: Policy = { allows };
