import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Backend } from '../../test/backends.ts';
import { engineOn, smallWorkflow, startSmall } from '../../test/killed-workflow.ts';
import type { Claims } from '../../test/claims.ts';
import { systemPorts } from '../../test/ports.ts';
import { exportLedger } from '../store/ledger.ts';
import { verifyLedger } from '../store/ledger-verify.ts';

/** Start, claim, two for each of two steps, end. */
const COMMITS = 7;

/** Compiled modules, written by the one child that comes to its end, halve the time of the other thirty. */
const CACHE = mkdtempSync(join(tmpdir(), 'tend-compiled-'));
process.on('exit', () => rmSync(CACHE, { recursive: true, force: true }));

/** What a workflow does whose process is killed; the context is where it runs. */
export const killedWorkflowClaims: Claims<Backend> = {
  'it has as many commits as are tried below': async (backend) => {
    const place = await backend.place();
    assert.equal(runChild(place.url, 'before', COMMITS + 1), 'finished\n');
  },

  'killed before any commit, it goes on where it was and repeats no finished step': async (backend) => {
    for (let at = 1; at <= COMMITS; at++) await killAndResume(backend, 'before', at);
  },

  'killed after any commit, it goes on where it was and repeats no finished step': async (backend) => {
    for (let at = 1; at <= COMMITS; at++) await killAndResume(backend, 'after', at);
  },
};

async function killAndResume(backend: Backend, moment: 'before' | 'after', at: number): Promise<void> {
  const place = await backend.place();
  assert.equal(runChild(place.url, moment, at), '', 'the child should have been killed');
  const db = await place.open(systemPorts.clock);
  const finished = await db.query.selectFrom('step').select('name').where('state', '=', 'done').execute();
  const ended = await db.query
    .selectFrom('execution')
    .select('id')
    .where('state', '=', 'done')
    .executeTakeFirst();
  const ran: string[] = [];
  const engine = engineOn(
    db,
    smallWorkflow((name) => ran.push(name)),
  );
  const id = ended?.id ?? (await startSmall(engine));
  assert.equal(await engine.run(id), 'done');
  const missing = ['first', 'second'].filter((name) => !finished.some((step) => step.name === name));
  assert.deepEqual(ran, missing);
  assert.deepEqual((await engine.get(id)).result, ['first', 'second']);
  assert.equal((await db.query.selectFrom('execution').selectAll().execute()).length, 1);
  assert.equal((await db.query.selectFrom('outbox').selectAll().execute()).length, 2);
  const check = await verifyLedger(exportLedger(db));
  assert.equal(check.ok && check.entries, 2);
  await engine.close();
  await db.close();
}

function runChild(url: string | undefined, moment: string, at: number): string {
  assert(url !== undefined);
  const program = new URL('../../test/killed-workflow.ts', import.meta.url).pathname;
  const child = spawnSync(process.execPath, [program, url, moment, String(at)], {
    encoding: 'utf8',
    env: { ...process.env, NODE_COMPILE_CACHE: CACHE },
  });
  assert(child.signal === 'SIGKILL' || child.status === 0, child.stderr);
  return child.stdout;
}
