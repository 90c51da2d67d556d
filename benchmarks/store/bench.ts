import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { openUrl } from '../../test/backends.ts';
import { numberedUnit } from '../../test/counting-writer.ts';
import { systemPorts } from '../../test/ports.ts';
import { startPostgres } from '../../test/postgres.ts';
import type { Database, Unit } from '../../src/store/database.ts';

/*
 * Durable units per second: one by one (each producer waits for its commit before the next) and grouped. A
 * `row` unit is one insert; a `row + entry` unit is that and a ledger entry, the least that a change of state
 * takes. `node benchmarks/store/bench.ts [SECONDS]`
 */

const SECONDS_DEFAULT = 3;
const PRODUCERS = [1, 64, 1_024];

interface Measured {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

async function measure(
  db: Database,
  producers: number,
  seconds: number,
  unitOf: (n: number) => Unit,
): Promise<Measured> {
  const latencies: number[] = [];
  const start = performance.now();
  const until = start + seconds * 1_000;
  const produce = async (): Promise<void> => {
    for (let now = performance.now(); now < until; now = performance.now()) {
      await db.commit(unitOf(next++));
      latencies.push(performance.now() - now);
    }
  };
  await Promise.all(Array.from({ length: producers }, produce));
  const elapsed = (performance.now() - start) / 1_000;
  latencies.sort((a, b) => a - b);
  const quantile = (q: number): number => latencies[Math.floor(q * (latencies.length - 1))] ?? Number.NaN;
  return { perSecond: latencies.length / elapsed, p50Ms: quantile(0.5), p99Ms: quantile(0.99) };
}

async function benchmark(name: string, url: string, seconds: number): Promise<void> {
  const db = await openUrl(url, systemPorts.clock);
  const kinds = {
    row: (n: number): Unit => ({ statements: numberedUnit(n).statements }),
    'row + entry': numberedUnit,
  };
  for (const [kind, unitOf] of Object.entries(kinds)) {
    for (const producers of PRODUCERS) {
      const { perSecond, p50Ms, p99Ms } = await measure(db, producers, seconds, unitOf);
      const cells = [name, kind, producers, Math.round(perSecond), p50Ms.toFixed(2), p99Ms.toFixed(2)];
      console.log(`| ${cells.join(' | ')} |`);
    }
  }
  await db.close();
}

let next = 0;
const seconds = Number(process.argv[2] ?? SECONDS_DEFAULT);
const dir = mkdtempSync(join(tmpdir(), 'tend-bench-'));
await using server = await startPostgres({ durable: true });
const [cpu] = cpus();
console.log(`${cpus().length} × ${cpu?.model}, Linux ${release()}, Node ${process.versions.node}`);
console.log(
  `SQLite ${process.versions['sqlite']} (WAL, synchronous=FULL), PostgreSQL ${server.version} (fsync on)\n`,
);
console.log('| database | unit | producers | units/s | p50 ms | p99 ms |');
console.log('|---|---|---:|---:|---:|---:|');
await benchmark('SQLite file', join(dir, 'tend.db'), seconds);
await benchmark('PostgreSQL', await server.createDatabase(), seconds);
rmSync(dir, { recursive: true, force: true });
