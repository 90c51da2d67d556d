import { startPostgres } from '../../test/postgres.ts';
import { startMlflowServer } from '../../test/mlflow/run-client.ts';
import { startRealMlflow } from '../../test/mlflow/real-mlflow.ts';
import { type Measured, PARTS, TEND_ALONE } from './parts.ts';
import type { Peer } from './peer.ts';

/*
 * The same calls of MLflow's clients to Tend and to a real `mlflow server` (newest, one worker, no job
 * runners), one server after the other, on SQLite. With `postgres` as the first argument Tend alone, on
 * PostgreSQL: the driver that MLflow needs for it is not among the packages of the tests.
 * CPU is user + system time of all processes of the server, so it holds on a busy machine; wall time does
 * not. `node benchmarks/mlflow/bench.ts [postgres] [PART…]`
 */

const asked = process.argv.slice(2);
const onPostgres = asked[0] === 'postgres';
const parts = asked.slice(onPostgres ? 1 : 0);
const chosen = parts.length === 0 ? Object.keys(PARTS) : parts;

await using postgres = onPostgres ? await startPostgres({ durable: true }) : undefined;
const ours = await measureTend();
const theirs = await measureMlflow();

console.log('| what | MLflow p50 ms | CPU ms | Tend p50 ms | CPU ms | CPU ratio |');
console.log('|---|---:|---:|---:|---:|---:|');
for (const [what, mine] of Object.entries(ours)) {
  const other = theirs[what];
  if (typeof mine === 'string') {
    console.log(`| ${what} | ${typeof other === 'string' ? other : '–'} | | ${mine} | | |`);
    continue;
  }
  const cells = [what];
  if (other === undefined || typeof other === 'string') cells.push('–', '–');
  else cells.push(other.p50Ms.toFixed(1), other.cpuMs.toFixed(1));
  cells.push(mine.p50Ms.toFixed(1), mine.cpuMs.toFixed(2));
  const ratio =
    typeof other === 'object' && mine.cpuMs > 0 ? `${(other.cpuMs / mine.cpuMs).toFixed(0)} ×` : '';
  console.log(`| ${[...cells, ratio].join(' | ')} |`);
}

async function measureTend(): Promise<Measured> {
  const started = performance.now();
  const env = postgres === undefined ? {} : { TEND_DATABASE_URL: await postgres.createDatabase() };
  await using server = await startMlflowServer(env);
  const readyMs = performance.now() - started;
  return await measure({ name: 'tend', url: server.url, pid: server.server.pid, readyMs }, chosen);
}

async function measureMlflow(): Promise<Measured> {
  const alike = chosen.filter((part) => !TEND_ALONE.includes(part));
  if (alike.length === 0 || onPostgres) return {};
  await using server = await startRealMlflow();
  return await measure({ name: 'mlflow', ...server }, alike);
}

async function measure(peer: Peer, some: readonly string[]): Promise<Measured> {
  let all: Measured = {};
  for (const part of some) {
    const run = PARTS[part];
    if (run === undefined) throw new Error(`no part ${part}; there are ${Object.keys(PARTS).join(', ')}`);
    const found = await run(peer);
    for (const [what, value] of Object.entries(found))
      console.error(`${peer.name.padEnd(8)} ${what.padEnd(40)} ${JSON.stringify(value)}`);
    all = { ...all, ...found };
  }
  return all;
}
