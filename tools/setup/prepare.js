import { install } from './install.js';
import { findNode } from './node-runtime.js';

/**
 * What every command needs first: the packages and Node 26. Ends the process with a message where either
 * cannot be had.
 *
 * @returns {Promise<{ readonly node: string, readonly parts: readonly import('./part.js').Part[] }>}
 */
export async function prepare() {
  const packages = await install();
  if (!packages.had) stop(packages.detail);
  const { node, ...runtime } = await findNode();
  if (!runtime.had) stop(runtime.detail);
  return { node, parts: [packages, runtime] };
}

/**
 * @param {string} message
 * @returns {never}
 */
function stop(message) {
  console.error(message);
  process.exit(1);
}
