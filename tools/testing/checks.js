import { existsSync } from 'node:fs';
import { runChild } from '../process/run-child.js';
import { ROOT } from '../root.js';
import { lastLines } from '../setup/part.js';

/** A tool that reports ten thousand mistakes is read from the top. */
const SHOWN_LINES_MAX = 200;

/**
 * Programs that write committed files, with what they read; each fails under `--check` where the file
 * differs.
 */
const GENERATORS = /** @type {const} */ ([
  ['build-wasm.js'],
  ['generate-openapi.ts'],
  ['generate-client-types.ts', 'docs/reference/openapi.json'],
  ['generate-reference.ts'],
]);

/**
 * @typedef {{ readonly name: string, readonly args: readonly string[] }} Check what Node 26 is asked to run
 */

/** The checks that are programs of their own; the house rules are tests (tools/tidy, tools/architecture). */
function checks() {
  const modules = `${ROOT}/node_modules`;
  /** @type {Check[]} */
  const list = [
    { name: 'types', args: [`${modules}/typescript/bin/tsc`, '-p', 'tsconfig.json'] },
    { name: 'lint', args: [`${modules}/oxlint/bin/oxlint`, '--type-aware', '--deny-warnings'] },
    { name: 'format', args: [`${modules}/@biomejs/biome/bin/biome`, 'format', '--max-diagnostics=50'] },
    { name: 'dead code', args: [`${modules}/knip/bin/knip.js`] },
  ];
  if (existsSync(`${ROOT}/ui/tsconfig.json`)) {
    list.push({
      name: 'types of the board',
      args: [`${modules}/typescript/bin/tsc`, '-p', 'ui/tsconfig.json', '--noEmit'],
    });
  }
  for (const [tool, ...args] of GENERATORS) {
    if ([`tools/${tool}`, ...args].every((path) => existsSync(`${ROOT}/${path}`))) {
      list.push({ name: `current: what ${tool} writes`, args: [`tools/${tool}`, ...args, '--check'] });
    }
  }
  return list;
}

/**
 * Runs every check, two at a time, and prints a line for each and what a failing one said.
 *
 * @param {string} node path of Node 26
 * @returns {Promise<import('./run-tests.js').TestResult>} each check counts as one test
 */
export async function runChecks(node) {
  const waiting = checks();
  const tests = waiting.length;
  /** @type {string[]} */
  const failures = [];
  const work = async () => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
      const result = await runChild(node, check.args, { cwd: ROOT });
      console.log(`${result.ok ? '✔' : '✖'} ${check.name}  ${(result.ms / 1000).toFixed(1)} s`);
      if (result.ok) continue;
      failures.push(`${check.name}: node ${check.args.map((arg) => arg.replace(`${ROOT}/`, '')).join(' ')}`);
      console.log(firstLines(result.output));
    }
  };
  await Promise.all([work(), work()]);
  const failed = failures.length;
  return {
    counts: { tests, suites: 0, passed: tests - failed, failed, cancelled: 0, skipped: 0, todo: 0 },
    failures,
  };
}

/** @param {string} output */
function firstLines(output) {
  const lines = output.trimEnd().split('\n');
  if (lines.length <= SHOWN_LINES_MAX) return output;
  return [...lines.slice(0, SHOWN_LINES_MAX), '…', lastLines(output, 5)].join('\n');
}
