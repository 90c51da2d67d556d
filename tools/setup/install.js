import { existsSync, readFileSync } from 'node:fs';
import { longTask } from '../process/long-task.js';
import { runChild } from '../process/run-child.js';
import { CACHE, ROOT } from '../root.js';
import { had, lastLines, missing } from './part.js';
import { hashFiles, isStamped, writeStamp } from './stamp.js';

const LOCK = `${ROOT}/package-lock.json`;
/** What npm wrote into node_modules at its last install. */
const INSTALLED = `${ROOT}/node_modules/.package-lock.json`;
const STAMP = `${CACHE}/installed`;

/**
 * @typedef {object} LockedPackage
 * @property {string} [version]
 * @property {string} [integrity]
 * @property {boolean} [optional]
 */

/**
 * Brings node_modules to what package-lock.json says, by `npm ci` if it is not so already. No install script
 * runs (`.npmrc`).
 *
 * @returns {Promise<import('./part.js').Part>}
 */
export async function install() {
  const hash = hashFiles([LOCK]);
  if (existsSync(INSTALLED)) {
    if (isStamped(STAMP, hash)) return had('packages', 'as locked');
    if (isAsLocked()) {
      writeStamp(STAMP, hash);
      return had('packages', 'as locked');
    }
  }
  const npm = await longTask('installing packages (npm ci, half a minute or so)', () =>
    runChild('npm', ['ci', '--no-progress'], { cwd: ROOT, env: hostEnvironment() }),
  );
  if (!npm.ok) return missing('packages', `npm ci failed:\n${lastLines(npm.output, 30)}`);
  writeStamp(STAMP, hash);
  return had('packages', 'installed by npm ci');
}

/**
 * Someone may have run npm by hand: then the versions decide. A part left out for another platform does not
 * count.
 */
function isAsLocked() {
  const locked = packagesOf(LOCK);
  const installed = packagesOf(INSTALLED);
  return Object.entries(locked).every(([path, expected]) => {
    if (path === '') return true;
    const actual = installed[path];
    if (actual === undefined) return expected.optional === true;
    return actual.version === expected.version && actual.integrity === expected.integrity;
  });
}

/**
 * @param {string} path
 * @returns {Record<string, LockedPackage>}
 */
function packagesOf(path) {
  return JSON.parse(readFileSync(path, 'utf8')).packages;
}

/** npm must run on the host's Node: the one in node_modules disappears while `npm ci` works. */
function hostEnvironment() {
  const path = (process.env['PATH'] ?? '').split(':').filter((entry) => !entry.endsWith('node_modules/.bin'));
  return { ...process.env, PATH: path.join(':') };
}
