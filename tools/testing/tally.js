/**
 * The results of one `npm test` added up, and its closing lines.
 *
 * @typedef {import('./run-tests.js').TestResult} TestResult
 */

/** @typedef {{ readonly path: string, readonly reason: string }} NotRun */

/**
 * @param {readonly TestResult[]} results
 * @returns {TestResult}
 */
export function addUp(results) {
  /** @type {TestResult} */
  const sum = {
    counts: { tests: 0, suites: 0, passed: 0, failed: 0, cancelled: 0, skipped: 0, todo: 0 },
    failures: results.flatMap((result) => result.failures),
  };
  const names = /** @type {(keyof TestResult['counts'])[]} */ (Object.keys(sum.counts));
  for (const { counts } of results) for (const name of names) sum.counts[name] += counts[name];
  return sum;
}

/**
 * What failed, what could not be run and why, the lines with which `node --test` closes, and the line for
 * machines. A cancelled test counts as failed, a test file that was not run as one skipped test.
 *
 * @param {TestResult} sum
 * @param {readonly NotRun[]} notRun
 * @param {number} durationMs
 * @returns {string}
 */
export function closingLines(sum, notRun, durationMs) {
  const { counts } = sum;
  const failed = counts.failed + counts.cancelled;
  const skipped = counts.skipped + counts.todo + notRun.length;
  const lines = [''];
  if (sum.failures.length > 0) lines.push('failed:', ...sum.failures.map((failure) => `  ✖ ${failure}`), '');
  if (notRun.length > 0) {
    lines.push(
      'not run, since a part could not be had:',
      ...notRun.map(({ path, reason }) => `  ${path}: ${reason}`),
      '',
    );
  }
  lines.push(
    `ℹ tests ${counts.tests + notRun.length}`,
    `ℹ suites ${counts.suites}`,
    `ℹ pass ${counts.passed}`,
  );
  lines.push(
    `ℹ fail ${counts.failed}`,
    `ℹ cancelled ${counts.cancelled}`,
    `ℹ skipped ${counts.skipped + notRun.length}`,
  );
  lines.push(`ℹ todo ${counts.todo}`, `ℹ duration_ms ${Math.round(durationMs)}`);
  lines.push(`${counts.passed} passed, ${failed} failed, ${skipped} skipped`);
  return lines.join('\n');
}
