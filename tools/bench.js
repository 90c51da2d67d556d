// `npm run bench [-- name …]`: benchmarks/<name>/bench.ts, all of them without a name, one after the other.
import { existsSync, readdirSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { runChild, stopChildrenOnSignals } from './process/run-child.js';
import { ROOT } from './root.js';
import { prepare } from './setup/prepare.js';

stopChildrenOnSignals();
const names = benchmarks();
const chosen = process.argv.length > 2 ? process.argv.slice(2) : names;
const unknown = chosen.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`no benchmark ${unknown.join(', ')}; there are: ${names.join(', ') || 'none'}`);
  process.exit(2);
}
const { node } = await prepare();
await describeMachine();
let failed = 0;
for (const name of chosen) {
  console.log(`\n== ${name}`);
  const bench = await runChild(node, [`${ROOT}/benchmarks/${name}/bench.ts`], { cwd: ROOT, show: true });
  if (!bench.ok) failed += 1;
}
process.exit(failed === 0 ? 0 : 1);

function benchmarks() {
  if (!existsSync(`${ROOT}/benchmarks`)) return [];
  return readdirSync(`${ROOT}/benchmarks`)
    .filter((name) => existsSync(`${ROOT}/benchmarks/${name}/bench.ts`))
    .sort();
}

async function describeMachine() {
  const processors = cpus();
  const memoryGib = Math.round(totalmem() / 2 ** 30);
  const version = await runChild(node, ['--version']);
  const commit = await runChild('git', ['rev-parse', '--short', 'HEAD'], { cwd: ROOT });
  console.log(`machine   ${processors.length} × ${processors[0]?.model.trim()}, ${memoryGib} GiB`);
  console.log(`system    ${process.platform} ${release()} ${process.arch}`);
  console.log(`Node      ${version.output.trim()}`);
  console.log(`commit    ${commit.ok ? commit.output.trim() : 'none yet'}`);
}
