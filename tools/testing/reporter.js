// A reporter for one test file run by itself: writes what came of it as JSON to the file that
// TEND_TEST_RESULT names. It prints nothing, so that the output of the process is the test's own.
import { writeFileSync } from 'node:fs';
import { inspect } from 'node:util';

/**
 * @typedef {object} FileResult
 * @property {Counts} counts
 * @property {{ readonly name: string, readonly text: string }[]} failures
 * @property {boolean} ended false where the process went away before its tests had ended
 */

/**
 * @typedef {Record<'tests' | 'suites' | 'passed' | 'failed' | 'cancelled' | 'skipped' | 'todo', number>}
 * Counts
 */

/** @param {AsyncIterable<import('node:test/reporters').TestEvent>} events */
export default async function* report(events) {
  const path = process.env['TEND_TEST_RESULT'] ?? '';
  // Tests that run a test runner of their own must not write here.
  delete process.env['TEND_TEST_RESULT'];
  /** @type {FileResult} */
  const result = {
    counts: { tests: 0, suites: 0, passed: 0, failed: 0, cancelled: 0, skipped: 0, todo: 0 },
    failures: [],
    ended: false,
  };
  for await (const { type, data } of events) {
    if (type === 'test:pass') result.counts.passed += 1;
    if (type === 'test:fail' && !isOfSubtests(data.details.error)) {
      result.failures.push({ name: data.name, text: `${place(data)}${reason(data.details.error)}` });
    }
    if (type === 'test:summary') {
      result.counts = countsOf(data.counts);
      result.ended = true;
    }
    if (['test:pass', 'test:fail', 'test:summary'].includes(type))
      writeFileSync(path, JSON.stringify(result));
  }
  yield '';
}

/**
 * `failed` is in what Node counts and not in its types.
 *
 * @param {import('node:test').EventData.TestSummary['counts'] & { readonly failed?: number }} counts
 */
function countsOf({ tests, suites, passed, failed = 0, cancelled, skipped, todo }) {
  return { tests, suites, passed, failed, cancelled, skipped, todo };
}

/**
 * A test that failed because one inside it did; that one is reported itself.
 *
 * @param {Error} error
 */
function isOfSubtests(error) {
  return 'failureType' in error && error.failureType === 'subtestsFailed';
}

/** @param {import('node:test').EventData.TestFail} data */
function place({ line }) {
  return line === undefined ? '' : `line ${line}: `;
}

/** @param {unknown} error */
function reason(error) {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error)) return inspect(cause);
  // Frames inside Node say nothing about the test.
  const lines = (cause.stack ?? cause.message).split('\n').filter((line) => !/^ +at .*\bnode:/.test(line));
  return lines.join('\n');
}
