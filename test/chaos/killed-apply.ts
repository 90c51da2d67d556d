import type { Compilable } from 'kysely';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type App, compose } from '../../src/main/compose.ts';
import { readConfig } from '../../src/main/config.ts';
import { readSource } from '../../src/main/commands/read-source.ts';
import type { Principal } from '../../src/kernel/policy.ts';
import { approve, listApprovals } from '../../src/lifecycle/governance/approvals.ts';
import { startApply } from '../../src/project/apply.ts';
import type { Database, Unit } from '../../src/store/database.ts';

/*
 * A process to be killed at its commits: `node killed-apply.ts DIR [POINTS [ONLY]]` carries out the project
 * in DIR, approves what waits, and sends predictions to a candidate. Before every commit and right after it
 * the process kills itself, unless the file POINTS says that an earlier process was killed there. With
 * ONLY, a regular expression, it lives through commits whose name does not match. It prints how the
 * execution ended; a process that is killed prints nothing.
 */

const AUTHOR: Principal = { kind: 'local', id: 'local', name: 'local', roles: ['admin'] };
const LEAD: Principal = { kind: 'account', id: 'lead', name: 'ml-lead', roles: ['approver'] };

/** What a commit is about, the same in every process: step and state, or the tables that it writes. */
export function commitName({ idempotencyKey = '', statements, ledger = [] }: Unit): string {
  const step = /^step:[^:]+:\d+:(.*):\d+:(\w+)$/.exec(idempotencyKey);
  if (step !== null) return `${step[1]} ${step[2]}`;
  const [what, ...rest] = idempotencyKey.split(':');
  if (what === 'end') return `execution ${rest.at(-1)}`;
  if (what !== '') return `execution ${what}`;
  const tables = statements.map(({ query }) => {
    const { sql } = (query as Compilable).compile();
    return /^\w+ (?:into |from )?"\w+"/.exec(sql)?.[0] ?? 'other';
  });
  return [...new Set([...ledger.map(({ action }) => action), ...tables])].join(', ');
}

function killedOnce(db: Database, file: string, only: RegExp): Database {
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
      if (!only.test(name)) return db.commit(unit);
      point(`before ${name}`);
      await db.commit(unit);
      point(`after ${name}`);
    },
  };
}

/** Asks the plane of the folder for predictions, whichever it is just now, until the signal. */
async function sendPredictions(app: App, signal: AbortSignal): Promise<void> {
  const body = JSON.stringify({
    date: '2001-01-31T22:40:00Z',
    distance: 590,
    origin: 'ORD',
    destination: 'ATL',
  });
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
  while (!signal.aborted) {
    const plane = await app.planes.living().catch(() => null);
    for (let i = 0; plane !== null && i < 20; i++) {
      const answer = await fetch(`${plane.url}/predict/flight-delay`, init).catch(() => undefined);
      await answer?.text();
      if (answer?.status !== 200) break;
    }
    await delay(50);
  }
}

const [dir, points, only = ''] = process.argv.slice(2);
if (import.meta.main && dir !== undefined) {
  const config = readConfig({}, dir);
  await using app = await compose(config, {
    lasting: false,
    onFatal: (error) => {
      process.stderr.write(`${error.message}\n`);
      process.exit(1);
    },
    ...(points === undefined
      ? {}
      : { decorateDatabase: (db) => killedOnce(db, join(dir, points), new RegExp(only)) }),
  });
  const ended = new AbortController();
  const traffic = sendPredictions(app, ended.signal);
  const { execution } = await startApply(app.context(AUTHOR), readSource(dir));
  let state = await app.engine.run(execution);
  while (state === 'waiting') {
    const lead = app.context(LEAD);
    const { items } = await listApprovals(lead, { state: 'waiting', limit: 10 });
    for (const { id } of items) await approve(lead, { id });
    state = await app.engine.run(execution);
  }
  const { error, result } = await app.engine.get(execution);
  process.stdout.write(`${JSON.stringify({ state, result, error: error?.message ?? null })}\n`);
  ended.abort();
  await traffic;
}
