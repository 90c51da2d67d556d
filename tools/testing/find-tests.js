import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { ROOT } from '../root.js';

/**
 * @typedef {object} TestFile
 * @property {string} path relative to the root
 * @property {'unit' | 'oracle' | 'whole' | 'alone' | 'rules'} group
 *   unit: beside the code · oracle: against another implementation · whole: what crosses layers ·
 *   alone: measures time, so nothing else runs meanwhile · rules: the house rules
 * @property {boolean} full only in `npm run test:full`
 * @property {readonly string[]} needs names of parts
 */

const FOLDERS = ['src', 'ui', 'tools', 'test', 'examples', 'benchmarks'];

/** A line near the top of a test file: `// needs: chromium, postgres`. */
const NEEDS = /^\/\/ needs: (.+)$/m;
const ALONE = /^\/\/ runs: alone$/m;

/** Every test file of the repository, sorted by path. @returns {TestFile[]} */
export function findTests() {
  const paths = FOLDERS.filter((folder) => existsSync(`${ROOT}/${folder}`)).flatMap(testPaths);
  return paths.sort().map((path) => describeTest(path, readFileSync(`${ROOT}/${path}`, 'utf8')));
}

/**
 * What a test file's name, place and text say about it.
 *
 * @param {string} path relative to the root
 * @param {string} text
 * @returns {TestFile}
 */
export function describeTest(path, text) {
  const isOracle = path.endsWith('.oracle.test.ts');
  const needs = (NEEDS.exec(text)?.[1] ?? '').split(',').map((name) => name.trim());
  if (isOracle) needs.push('python');
  return {
    path,
    group: groupOf(path, text),
    full: path.endsWith('.full.test.ts'),
    needs: [...new Set(needs.filter((name) => name !== ''))],
  };
}

/**
 * @param {string} path
 * @param {string} text
 */
function groupOf(path, text) {
  if (path.startsWith('tools/')) return 'rules';
  if (ALONE.test(text)) return 'alone';
  if (path.endsWith('.oracle.test.ts')) return 'oracle';
  return path.startsWith('src/') || path.startsWith('ui/') ? 'unit' : 'whole';
}

/**
 * @param {string} folder
 * @returns {string[]}
 */
function testPaths(folder) {
  const paths = [];
  for (const entry of readdirSync(`${ROOT}/${folder}`, { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory() && !['node_modules', 'dist', 'fixtures', '.tend'].includes(entry.name)) {
      paths.push(...testPaths(path));
    } else if (entry.isFile() && entry.name.endsWith('.test.ts')) paths.push(path);
  }
  return paths;
}
