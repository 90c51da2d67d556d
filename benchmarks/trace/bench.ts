import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { startTend } from '../../test/tend-process.ts';
import { sqlText } from '../../src/table/sql-name.ts';
import { createTables } from '../../src/table/tables.ts';
import { sealedFiles } from '../loop/live-truth.ts';
import { playExample } from '../loop/played-example.ts';

/*
 * `tend trace PREDICTION` at the server, with all that the flagship's replay logged: 2.5 million
 * predictions. Ids are drawn evenly from the whole log; each is asked once, over one kept connection of this
 * machine, so the time is the server's with the way there and back. Aim: below 100 ms. `node
 * benchmarks/trace/bench.ts [FOLDER]`: a folder that was played before saves playing it.
 */

const ASKED = 200;

const given = process.argv[2];
using played = given === undefined ? await playExample() : { dir: given, [Symbol.dispose]: () => undefined };
const state = join(played.dir, '.tend');
const { ids, logged } = await drawIds();
await using server = await startTend(['up', '--no-serve'], { cwd: played.dir });
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const timesMs: number[] = [];
let failed = 0;
for (const id of ids) {
  const started = performance.now();
  const status = await get(`${server.urls[0]}/api/tend/v1/predictions/${encodeURIComponent(id)}/trace`);
  timesMs.push(performance.now() - started);
  if (status !== 200) failed += 1;
}
agent.destroy();
const cold = timesMs[0] ?? Number.NaN;
timesMs.sort((a, b) => a - b);
const at = (share: number): string =>
  `${(timesMs[Math.floor(share * (timesMs.length - 1))] ?? NaN).toFixed(1)} ms`;
console.log(
  `trace           ${ids.length} of ${logged.toLocaleString('en')} logged predictions, ${failed} failed`,
);
console.log(
  `                first ${cold.toFixed(1)} ms, p50 ${at(0.5)}, p95 ${at(0.95)}, most ${at(1)} (aim 100 ms)`,
);
if (failed > 0) process.exitCode = 1;

/** Ids from every part of the sealed log. */
async function drawIds(): Promise<{ readonly ids: string[]; readonly logged: number }> {
  const files = sealedFiles(state);
  await using session = await createTables({ tempDir: join(state, 'scratch') }).session(files);
  const relation = `read_parquet([${files.map(sqlText).join(', ')}])`;
  const [count] = await session.rows(`SELECT count(*) AS n FROM ${relation}`);
  const rows = await session.rows(
    `SELECT id FROM ${relation} USING SAMPLE reservoir(${ASKED} ROWS) REPEATABLE (7)`,
  );
  return { ids: rows.map((row) => String(row.id)), logged: Number(count?.n) };
}

function get(url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    request(url, { agent }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    })
      .on('error', reject)
      .end();
  });
}
