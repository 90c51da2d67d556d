import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PERMISSIONS, type Permission, type Role } from '../../kernel/permission.ts';
import { permissionsOf, rolePolicy } from './policy.ts';

const READ: Permission[] = [
  'public',
  'project.read',
  'data.read',
  'model.read',
  'ledger.read',
  'server.read',
];
const EDIT: Permission[] = [
  'project.write',
  'model.write',
  'endpoint.write',
  'prediction.write',
  'clock.write',
  'incident.write',
  'comment.write',
  'archive.write',
];

describe('rolePolicy', () => {
  it('gives each role what it is for, over the whole matrix', () => {
    const expected: Record<Role, Permission[]> = {
      viewer: READ,
      editor: [...READ, ...EDIT],
      approver: [...READ, 'approval.give', 'incident.write', 'comment.write'],
      admin: [...PERMISSIONS],
    };
    for (const [role, permissions] of Object.entries(expected) as [Role, Permission[]][]) {
      const principal = { kind: 'account', id: 'a', name: 'a', roles: [role] } as const;
      assert.deepEqual(
        permissionsOf(principal),
        PERMISSIONS.filter((p) => permissions.includes(p)),
        role,
      );
    }
  });

  it('lets the scopes of a token take away and never add', () => {
    const scopes = ['account.manage', 'model.read'] as const;
    const principal = { kind: 'account', id: 'a', name: 'a', roles: ['viewer'], scopes } as const;
    assert.deepEqual(permissionsOf(principal), ['public', 'model.read']);
  });

  it('gives nobody nothing but what is public', () => {
    const anonymous = { kind: 'anonymous', id: 'anonymous', name: 'anonymous', roles: [] } as const;
    assert.deepEqual(permissionsOf(anonymous), ['public']);
    assert.equal(rolePolicy.allows(anonymous, 'server.read'), false);
  });
});
