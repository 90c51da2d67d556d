#!/usr/bin/env node
// Runs on any Node from 20 on: it finds Node 26 and hands over to it. Plain JavaScript without packages.
import { existsSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';

const NODE_MAJOR = 26;
const ROOT = fileURLToPath(new URL('..', import.meta.url));

if (Number.parseInt(process.versions.node, 10) >= NODE_MAJOR) await runMain();
else await handOver();

/**
 * From a checkout the sources run as they are; the published package carries the JavaScript made from them.
 */
async function runMain() {
  if (process.env.TEND_LAUNCHER_FD !== undefined) {
    const { dieWithLauncher } = await import('./run-in-place.js');
    dieWithLauncher();
  }
  // Without the cache every start strips the types of every module again: 409 ms instead of 249 for the
  // modules of http, store, learn, project and decide (Node 26.10, two x64 cores; a bare Node takes 27, an
  // empty main 32).
  module.enableCompileCache(`${ROOT}node_modules/.cache/tend/compile`);
  const main = ['src/main/tend.ts', 'dist/main/tend.js'].find((path) => existsSync(ROOT + path));
  if (main === undefined)
    fail(`neither src/main/tend.ts nor dist/main/tend.js is in ${ROOT}: install Tend again`);
  await import(new URL(`../${main}`, import.meta.url).href);
}

async function handOver() {
  const node = `${ROOT}node_modules/.bin/node`;
  if (!existsSync(node)) {
    fail(
      `expected Node ${NODE_MAJOR} or later, this is ${process.version}, and ${node} is not there: ` +
        `run \`npm ci\` in ${ROOT}, or install Node ${NODE_MAJOR}`,
    );
  }
  const { runInPlace } = await import('./run-in-place.js');
  runInPlace(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { dieWithUs: true });
}

/**
 * @param {string} message
 * @returns {never}
 */
function fail(message) {
  process.stderr.write(`tend: ${message}\n`);
  process.exit(1);
}
