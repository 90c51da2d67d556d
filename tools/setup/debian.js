import { existsSync, readdirSync } from 'node:fs';
import { longTask } from '../process/long-task.js';
import { runChild } from '../process/run-child.js';
import { had, lastLines, missing } from './part.js';

/** Parts by name, with the Debian package each comes in. */
const PACKAGES = /** @type {const} */ ({
  postgres: 'postgresql',
  chromium: 'chromium',
  prometheus: 'prometheus',
  wrk: 'wrk',
});

/**
 * Finds PostgreSQL, Chromium, Prometheus and wrk; as root on Debian the missing ones are installed by
 * apt-get.
 *
 * @param {{ readonly install: boolean }} options `install: false` only looks
 * @returns {Promise<import('./part.js').Part[]>}
 */
export async function prepareDebian({ install }) {
  const names = /** @type {(keyof typeof PACKAGES)[]} */ (Object.keys(PACKAGES));
  const absent = names.filter((name) => findProgram(name) === undefined);
  const failure = absent.length === 0 ? '' : await obtain(absent, install);
  return names.map((name) => {
    const path = findProgram(name);
    return path === undefined ? missing(name, `${name} is not installed; ${failure}`) : had(name, path);
  });
}

/**
 * The program of a part, or undefined. Debian keeps the server programs of PostgreSQL out of PATH.
 *
 * @param {string} name
 */
function findProgram(name) {
  const folders = (process.env['PATH'] ?? '').split(':');
  if (name === 'postgres') folders.push(...postgresFolders());
  return folders.map((folder) => `${folder}/${name}`).find((path) => existsSync(path));
}

/** Newest version first. */
function postgresFolders() {
  const base = '/usr/lib/postgresql';
  if (!existsSync(base)) return [];
  const versions = readdirSync(base).sort((a, b) => Number(b) - Number(a));
  return versions.map((version) => `${base}/${version}/bin`);
}

/**
 * @param {readonly (keyof typeof PACKAGES)[]} names
 * @param {boolean} install
 * @returns {Promise<string>} why something is still missing, if something is
 */
async function obtain(names, install) {
  const packages = names.map((name) => PACKAGES[name]);
  const advice = `install the Debian package (apt-get install ${packages.join(' ')})`;
  if (!install) return advice;
  if (!existsSync('/etc/debian_version') || process.getuid?.() !== 0) return `not root on Debian: ${advice}`;
  return longTask(`installing ${packages.join(', ')} (apt-get)`, async () => {
    const update = await aptGet(['update']);
    if (!update.ok) return `apt-get update failed:\n${lastLines(update.output)}`;
    const failures = [];
    // One at a time: a package that is not there must not take the others with it.
    for (const name of packages) {
      const result = await aptGet(['install', '--yes', '--no-install-recommends', name]);
      if (!result.ok) failures.push(`apt-get install ${name} failed:\n${lastLines(result.output)}`);
    }
    return failures.join('\n');
  });
}

/**
 * Runlevel 1 keeps the packages from starting their services: the tests start their own.
 *
 * @param {readonly string[]} args
 */
function aptGet(args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  return runChild('apt-get', ['-o', 'DPkg::Lock::Timeout=300', '-qq', ...args], { env });
}
