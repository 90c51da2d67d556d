import { fileURLToPath } from 'node:url';

/** The folder of the repository, without a slash at the end. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');

/** What the tools remember between runs: stamps and the compile cache. Gone with `node_modules`. */
export const CACHE = `${ROOT}/node_modules/.cache/tend`;
