import { existsSync, readdirSync } from 'node:fs';
import { longTask } from '../process/long-task.js';
import { runChild } from '../process/run-child.js';
import { CACHE, ROOT } from '../root.js';
import { had, lastLines, missing } from './part.js';
import { hashFiles, isStamped, writeStamp } from './stamp.js';

const STAMP = `${CACHE}/ui`;
const PAGE = `${ROOT}/ui/dist/index.html`;

/**
 * Builds ui/dist by Vite, unless it was built from the very same sources and packages.
 *
 * @param {string} node path of Node 26
 * @returns {Promise<import('./part.js').Part>}
 */
export async function buildUi(node) {
  if (!existsSync(`${ROOT}/ui/index.html`)) return missing('ui', 'ui/index.html is not there');
  const hash = hashFiles([...sources(`${ROOT}/ui`), `${ROOT}/package-lock.json`]);
  if (existsSync(PAGE) && isStamped(STAMP, hash)) return had('ui', 'ui/dist is current');
  const vite = await longTask('building the board (vite)', () =>
    runChild(node, [`${ROOT}/node_modules/vite/bin/vite.js`, 'build', '--logLevel', 'warn'], {
      cwd: `${ROOT}/ui`,
    }),
  );
  if (!vite.ok) return missing('ui', `vite build failed:\n${lastLines(vite.output, 30)}`);
  writeStamp(STAMP, hash);
  return had('ui', 'ui/dist built');
}

/**
 * @param {string} folder
 * @returns {string[]} every file that a build reads, sorted
 */
function sources(folder) {
  const paths = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    if (entry.isFile()) paths.push(path);
    else if (entry.isDirectory() && entry.name !== 'dist' && entry.name !== 'node_modules')
      paths.push(...sources(path));
  }
  return paths.sort();
}
