import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { runChild } from '../process/run-child.js';
import { CACHE, ROOT } from '../root.js';

/** What a failing file printed is shown up to here; what is further up is rarely the reason. */
const SHOWN_CHARS_MAX = 20_000;

/** @typedef {import('./reporter.js').FileResult} FileResult */

/**
 * @typedef {object} TestResult
 * @property {import('./reporter.js').Counts} counts
 * @property {readonly string[]} failures `file › test`
 */

/**
 * Runs test files, each in a process of its own, and prints a line for each as it ends, with its failures in
 * full. A file that does not end in time is killed and has failed; what it left running is ended with it.
 *
 * @param {string} node path of Node 26
 * @param {readonly string[]} paths relative to the root
 * @param {{ readonly concurrency: number, readonly timeoutMs: number, readonly root?: string }} options
 *   `concurrency`: files at a time; `timeoutMs`: for one file
 * @returns {Promise<TestResult[]>} one for each file
 */
export async function runTests(node, paths, { concurrency, timeoutMs, root = ROOT }) {
  mkdirSync(CACHE, { recursive: true });
  const waiting = [...paths];
  /** @type {TestResult[]} */
  const results = [];
  const work = async () => {
    for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
      results.push(await runFile(node, path, { timeoutMs, root }));
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return results;
}

/**
 * @param {string} node
 * @param {string} path
 * @param {{ readonly timeoutMs: number, readonly root: string }} options
 * @returns {Promise<TestResult>}
 */
async function runFile(node, path, { timeoutMs, root }) {
  const resultFile = `${CACHE}/test-${process.pid}-${path.replaceAll('/', '+')}.json`;
  // With this a test takes itself for part of a larger run and reports to that instead.
  const { NODE_TEST_CONTEXT: _, ...inherited } = process.env;
  const env = {
    ...inherited,
    TEND_TEST_RESULT: resultFile,
    // Otherwise each of several hundred processes strips the types of the same modules again.
    NODE_COMPILE_CACHE: `${CACHE}/compile-tests`,
  };
  const reporter = [
    `--test-reporter=${ROOT}/tools/testing/reporter.js`,
    '--test-reporter-destination=stdout',
  ];
  const run = await runChild(node, [...reporter, path], { cwd: root, env, timeoutMs });
  const result = readResult(resultFile);
  if (run.timedOut)
    result.failures.push({ name: 'the file', text: `did not end within ${timeoutMs / 1000} s` });
  else if (!result.ended)
    result.failures.push({ name: 'the file', text: `ended with ${run.code} before its tests` });
  else if (!run.ok && result.failures.length === 0) {
    result.failures.push({ name: 'the file', text: `ended with ${run.code}` });
  }
  if (run.left.length > 0) console.log(`  ${path} left running, now ended: ${run.left.join('; ')}`);
  return summarise(path, result, run);
}

/** @param {string} resultFile @returns {FileResult} */
function readResult(resultFile) {
  if (existsSync(resultFile)) {
    const result = JSON.parse(readFileSync(resultFile, 'utf8'));
    rmSync(resultFile);
    return result;
  }
  const counts = { tests: 0, suites: 0, passed: 0, failed: 0, cancelled: 0, skipped: 0, todo: 0 };
  return { counts, failures: [], ended: false };
}

/**
 * Prints the file's line. What a file failed at beside its tests counts as one more failed test.
 *
 * @param {string} path
 * @param {FileResult} result
 * @param {import('../process/run-child.js').ChildResult} run
 * @returns {TestResult}
 */
function summarise(path, { counts, failures }, run) {
  const failed = Math.max(counts.failed, failures.length - counts.cancelled);
  const tests = Math.max(
    counts.tests,
    counts.passed + failed + counts.cancelled + counts.skipped + counts.todo,
  );
  const ok = failures.length === 0;
  console.log(`${ok ? '✔' : '✖'} ${path}  ${counts.passed}/${tests}  ${(run.ms / 1000).toFixed(1)} s`);
  for (const { name, text } of failures) console.log(indent(`${name}\n${indent(text)}\n`));
  const printed = run.output.trim().slice(-SHOWN_CHARS_MAX);
  if (!ok && printed !== '') console.log(indent(`it printed:\n${indent(printed)}\n`));
  return { counts: { ...counts, tests, failed }, failures: failures.map(({ name }) => `${path} › ${name}`) };
}

/** @param {string} text */
function indent(text) {
  return text.replaceAll(/^(?=.)/gm, '    ');
}

/**
 * One failed test that is no test: something that the run as a whole needs.
 *
 * @param {string} name
 * @returns {TestResult}
 */
export function failure(name) {
  const counts = { tests: 1, suites: 0, passed: 0, failed: 1, cancelled: 0, skipped: 0, todo: 0 };
  return { counts, failures: [name] };
}
