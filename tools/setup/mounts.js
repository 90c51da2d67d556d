import { runChild } from '../process/run-child.js';
import { had, missing } from './part.js';

/**
 * Whether a process may mount a file system of its own, that nobody else sees and that ends with it: as root,
 * and where the kernel lets users have namespaces, but in few containers.
 *
 * @returns {Promise<import('./part.js').Part>}
 */
export async function findMounts() {
  const tried = ['--map-root-user', '--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'];
  const { ok } = await runChild('unshare', tried).catch(() => ({ ok: false }));
  if (ok) return had('mounts', 'unshare --map-root-user --mount');
  return missing('mounts', 'this machine lets no process mount a file system of its own (unshare)');
}
