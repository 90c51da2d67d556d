import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createEngine } from '../../src/engine/engine.ts';
import { timerScheduler } from '../../src/engine/scheduler.ts';
import { type ExitPorts, openArchive, startExit } from '../../src/lifecycle/decommissioning/index.ts';
import { exitWorkflow } from '../../src/project/exit-workflow.ts';
import type { Database, Unit } from '../../src/store/database.ts';
import { openSqlite } from '../../src/store/open-sqlite.ts';
import { systemPorts } from '../ports.ts';
import { bedContext, sampleSegments } from './exit-bed.ts';

/*
 * A process to be killed at its commits: `node killed-exit.ts STATE_DIR WHAT POINTS` carries out an exit.
 * Before every commit and right after it the process kills itself, unless the file POINTS says that an
 * earlier one was killed there. The archive is verified in this process; another test restores it elsewhere.
 */

/** What a commit is about, the same in every process. */
function commitName({ idempotencyKey = '', ledger = [] }: Unit): string {
  const step = /^step:[^:]+:\d+:(.*):\d+:(\w+)$/.exec(idempotencyKey);
  if (step !== null) return `${step[1]} ${step[2]}`;
  return [idempotencyKey.split(':')[0] ?? '', ...ledger.map(({ action }) => action)].join(' ');
}

function killedOnce(db: Database, file: string): Database {
  const known = new Set(existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []);
  const point = (name: string): void => {
    if (known.has(name)) return;
    appendFileSync(file, `${name}\n`);
    process.kill(process.pid, 'SIGKILL');
  };
  return {
    ...db,
    commit: async (unit) => {
      const name = commitName(unit);
      point(`before ${name}`);
      await db.commit(unit);
      point(`after ${name}`);
    },
  };
}

const rehearse: ExitPorts['rehearse'] = async (path) => {
  await using archive = await openArchive(path);
  const { manifest, hash } = archive;
  const releases = manifest.releases.map(({ hash: release, version, predictions }) => ({
    release,
    version,
    predictions,
    alike: predictions,
    maxDifference: 0,
    first: null,
  }));
  const predictions = releases.reduce((sum, one) => sum + one.predictions, 0);
  const { kind, subject } = manifest;
  return { hash, kind, subject, files: manifest.files.length, predictions, alike: predictions, releases };
};

const [stateDir = '', what = '', points = ''] = process.argv.slice(2);
if (import.meta.main) {
  const { clock, random } = systemPorts;
  const opened = await openSqlite({ path: join(stateDir, 'tend.db'), clock });
  const db = killedOnce(opened, points);
  const context = bedContext(stateDir, db);
  const ports: ExitPorts = { sample: sampleSegments(stateDir), rehearse };
  const workflows = [exitWorkflow(context, ports)];
  const engine = createEngine({ db, clock, random, scheduler: timerScheduler, workflows, soleWorker: true });
  const id = await startExit({ db, engine }, { what, successor: null, reason: 'asked for', actor: 'local' });
  const state = await engine.run(id);
  const { result, error } = await engine.get(id);
  process.stdout.write(`${JSON.stringify({ state, result, error })}\n`);
  await engine.close();
  await opened.close();
}
