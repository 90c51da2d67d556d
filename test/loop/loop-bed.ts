import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { parseDocument } from 'yaml';
import { API_PREFIX } from '../../src/cli/invoker.ts';
import { until } from '../processes.ts';
import { type ServedFlights, servedFlights } from '../rollout/served-flights.ts';
import { type SmallFlights, smallFlights } from '../small-flights.ts';
import type { TendRun } from '../tend-process.ts';
import { type World, writeFlights } from './flights-world.ts';

/** A path of keys in tend.yaml and what shall stand there; undefined: nothing. */
export type Change = readonly [path: readonly (string | number)[], value: unknown];

/** What a replay reported. */
export interface Replayed {
  readonly from: number;
  readonly to: number;
  readonly predictions: number;
  readonly refused: number;
  readonly before: number;
  readonly outcomes: {
    readonly accepted: number;
    readonly duplicate: number;
    readonly unknown: number;
    readonly refused: number;
  };
}

/** The small flights in a world of their own, under a server, with the loop to be played. */
export interface LoopBed extends AsyncDisposable {
  readonly flights: ServedFlights;
  readonly stateDir: string;
  readonly change: (changes: readonly Change[]) => void;
  /** Applies and approves, and waits until the endpoint answers. */
  readonly deploy: () => Promise<void>;
  readonly replay: (until: string) => Promise<Replayed>;
  /** What the API answers, by the path below its prefix. @throws unless it is a success. */
  readonly get: (path: string) => Promise<ReturnType<typeof JSON.parse>>;
  /** Rows of the database, which the server goes on writing to. */
  readonly rows: (sql: string) => Record<string, string | number | null>[];
}

/** A test whose load is as light as it gets: what is looked at here is what comes after. */
const QUICK_TESTS: Change = [
  ['testing'],
  {
    coverage: { at_least: '1%' },
    performance: { p99_at_most: '5s' },
    load: { rate: '20/s', for: '200ms', errors_at_most: '50%' },
    privacy: { membership_auc: { at_most: 0.95 } },
  },
];

/** Makes the project and starts its server; nothing is applied yet. */
export async function loopBed(world: World, changes: readonly Change[]): Promise<LoopBed> {
  const project = await smallFlights();
  await writeFlights(project.dir, world);
  changeDocument(project, [QUICK_TESTS, ...changes]);
  return onServer(await servedFlights(project));
}

function onServer(flights: ServedFlights): LoopBed {
  const { project } = flights;
  const stateDir = join(project.dir, '.tend');
  return {
    flights,
    stateDir,
    change: (changes) => changeDocument(project, changes),
    deploy: async () => {
      await flights.applyApproved();
      await until('it is deployed', async () => (await flights.stage('deployment')).verdict === 'pass');
    },
    replay: async (to) =>
      replayed(await flights.tend(['replay', 'flights', '--until', to, '--json'], 'local')),
    get: async (path) => {
      const response = await fetch(`${flights.server().urls[0]}${API_PREFIX}${path}`);
      assert.equal(response.status, 200, await response.clone().text());
      return response.json();
    },
    rows: (sql) => databaseRows(stateDir, sql),
    [Symbol.asyncDispose]: () => flights[Symbol.asyncDispose](),
  };
}

/** The report of a replay that went through. */
export function replayed(run: TendRun): Replayed {
  assert.equal(run.code, 0, run.out + run.err);
  return run.data() as Replayed;
}

/** Rows of the database of a state folder. */
export function databaseRows(stateDir: string, sql: string): Record<string, string | number | null>[] {
  const db = new DatabaseSync(join(stateDir, 'tend.db'), { readOnly: true });
  try {
    return db.prepare(sql).all() as Record<string, string | number | null>[];
  } finally {
    db.close();
  }
}

function changeDocument({ dir }: SmallFlights, changes: readonly Change[]): void {
  const file = join(dir, 'tend.yaml');
  const document = parseDocument(readFileSync(file, 'utf8'));
  for (const [path, value] of changes) {
    if (value === undefined) document.deleteIn(path);
    else document.setIn(path, document.createNode(value));
  }
  writeFileSync(file, document.toString());
}

/** A moment of 2001, milliseconds UTC. */
export function at(month: number, day: number, hour = 0): number {
  return Date.UTC(2001, month - 1, day, hour);
}
