// `npm test [unit|check|full] [-- path …]`. Runs on any Node from 20 on; sets up what the tests need and can
// be had.
//
//   (nothing)  everything but the files named *.full.test.ts
//   unit       src without the oracle tests: under two minutes, sets up packages and Node alone
//   check      types, lint, format, dead code, generated files, house rules, architecture
//   full       everything
//
// Paths narrow the run to the test files that start with one of them.
import { runChild, stopChildrenOnSignals } from './process/run-child.js';
import { ROOT } from './root.js';
import { prepareDebian } from './setup/debian.js';
import { findMounts } from './setup/mounts.js';
import { prepare } from './setup/prepare.js';
import { preparePython } from './setup/python.js';
import { buildUi } from './setup/ui.js';
import { runChecks } from './testing/checks.js';
import { findTests } from './testing/find-tests.js';
import { failure, runTests } from './testing/run-tests.js';
import { addUp, closingLines } from './testing/tally.js';

const MODES = ['all', 'unit', 'check', 'full'];
/** The machine for which the times were chosen has two cores. */
const CONCURRENCY = 2;
/**
 * For one file. Tests beside the code take seconds; whole-system tests train models and wait for rollouts.
 */
const QUICK_MS = 120_000;
const WHOLE_MS = 15 * 60_000;

stopChildrenOnSignals();
const started = performance.now();
const [first = 'all', ...rest] = process.argv.slice(2);
const mode = MODES.includes(first) ? first : 'all';
const prefixes = (mode === first ? rest : [first, ...rest]).map((path) => path.replace(/^\.\//, ''));

const { node, parts: base } = await prepare();
const isWhole = mode === 'all' || mode === 'full';
// Downloads and builds go on while the checks and the unit tests run: those need none of the parts.
const parts = isWhole
  ? Promise.all([buildUi(node), preparePython(), prepareDebian({ install: true }), findMounts()])
  : lookAround();
const tests = findTests().filter(({ path, full }) => (mode === 'full' || !full) && isChosen(path));

/** @type {import('./testing/run-tests.js').TestResult[]} */
const results = [];
/** @type {import('./testing/tally.js').NotRun[]} */
const notRun = [];
for (const part of base) console.log(`${part.name}: ${part.detail}`);
if (mode !== 'unit' && prefixes.length === 0) results.push(await runChecks(node));
if (mode !== 'unit') await runGroup('rules');
if (mode !== 'check') await runGroup('unit');
if (isWhole) {
  const broken = (await parts).flat().find(({ name, had }) => name === 'ui' && !had);
  // Unlike a program that this machine lacks, a board that does not build is a defect.
  if (broken !== undefined) results.push(failure(`the board does not build: ${broken.detail}`));
  await runGroup('oracle');
  await runGroup('whole');
  await runGroup('alone');
}
const sum = addUp(results);
console.log(closingLines(sum, notRun, performance.now() - started));
process.exit(sum.counts.failed + sum.counts.cancelled === 0 ? 0 : 1);

/**
 * Files that need nothing run first; the others when the parts are there.
 *
 * @param {import('./testing/find-tests.js').TestFile['group']} group
 */
async function runGroup(group) {
  const concurrency = group === 'alone' ? 1 : CONCURRENCY;
  const timeoutMs = group === 'whole' || group === 'alone' ? WHOLE_MS : QUICK_MS;
  const members = tests.filter((test) => test.group === group);
  const free = members.filter(({ needs }) => needs.length === 0).map(({ path }) => path);
  const bound = members.filter(({ needs }) => needs.length > 0);
  if (free.length > 0) results.push(...(await runTests(node, free, { concurrency, timeoutMs })));
  if (bound.length === 0) return;
  const known = new Map((await parts).flat().map((part) => [part.name, part]));
  const runnable = [];
  for (const { path, needs } of bound) {
    const reasons = needs
      .filter((name) => !known.get(name)?.had)
      .map((name) => known.get(name)?.detail ?? `no part ${name}`);
    if (reasons.length === 0) runnable.push(path);
    else notRun.push({ path, reason: reasons.join('; ') });
  }
  if (runnable.length > 0) results.push(...(await runTests(node, runnable, { concurrency, timeoutMs })));
}

/** Without installing anything: what is there. */
async function lookAround() {
  const pythons = [
    ['python', '.venv'],
    ['older-mlflow', '.venv-older'],
  ].map(async ([name, folder]) => {
    const python = await runChild(`${ROOT}/${folder}/bin/python`, ['--version']);
    const detail = python.ok ? folder : `${folder} is not there; \`npm test\` makes it`;
    return { name, had: python.ok, detail };
  });
  return [...(await Promise.all(pythons)), await findMounts(), ...(await prepareDebian({ install: false }))];
}

/** @param {string} path */
function isChosen(path) {
  return prefixes.length === 0 || prefixes.some((prefix) => path.startsWith(prefix));
}
