import assert from 'node:assert/strict';
import type { AnyOperation } from '../kernel/operation.ts';
import { PERMISSIONS, type Permission } from '../kernel/permission.ts';
import type { Route } from '../kernel/route.ts';

/** Where our own API lives. */
export const API_PREFIX = '/api/tend/v1';

/** One thing that can be reached over HTTP, and what it takes to reach it. */
export interface PermissionEntry {
  readonly method: string;
  /** Absolute, `{name}` for a parameter, a trailing `*` for the rest. */
  readonly path: string;
  readonly permission: Permission;
  readonly source: 'operation' | 'route' | 'built-in';
  /** Name of the operation, or the path again. */
  readonly name: string;
}

/** What the listener itself answers. The board's files are public: they hold nothing but the program. */
export const BUILT_IN_ENTRIES: readonly PermissionEntry[] = [
  builtIn('/health'),
  builtIn('/ready'),
  builtIn('/openapi.json'),
  builtIn('/*'),
];

function builtIn(path: string): PermissionEntry {
  return { method: 'GET', path, permission: 'public', source: 'built-in', name: path };
}

/**
 * Everything reachable, with its permission. The listener registers what is listed here and nothing else.
 * Throws an AssertionError on an entry without a known permission and on two for one method and path.
 */
export function permissionTable<C>(
  operations: readonly AnyOperation<C>[],
  routes: readonly Route[],
): readonly PermissionEntry[] {
  const entries: PermissionEntry[] = [
    ...operations.map(
      (operation): PermissionEntry => ({
        method: operation.method,
        path: API_PREFIX + operation.path,
        permission: operation.permission,
        source: 'operation',
        name: operation.name,
      }),
    ),
    ...routes.map(
      (route): PermissionEntry => ({
        method: route.method,
        path: route.path,
        permission: route.permission,
        source: 'route',
        name: route.path,
      }),
    ),
    ...BUILT_IN_ENTRIES,
  ];
  const seen = new Set<string>();
  for (const entry of entries) {
    const what = `${entry.method} ${entry.path}`;
    assert(PERMISSIONS.includes(entry.permission), `${what} names no known permission: ${entry.permission}`);
    const shape = what.replaceAll(/\{[^}]*\}/g, '{}');
    assert(!seen.has(shape), `${what} is declared twice`);
    seen.add(shape);
  }
  return entries;
}
