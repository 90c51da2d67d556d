import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { seededRandom } from '../../src/learn/random.ts';
import { adoptPlane, planeStatus } from '../../src/serve/plane-client.ts';
import { until } from '../processes.ts';
import { startTend } from '../tend-process.ts';
import { databaseRows } from './loop-bed.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/tend.js', import.meta.url));
const HOUR_MS = 3_600_000;

const VICTIMS = ['server', 'worker', 'plane', 'client'] as const;

/** One that is to be killed, each as often as the others. */
type Victim = (typeof VICTIMS)[number];

/** Rounds of kills: each of the four once in each. */
const ROUNDS = 3;

/** Where in an hour's slice a kill falls, milliseconds: a slice takes some tens of them. */
const WITHIN_SLICE_MS = 60;

/** Within the training of candidates, which takes some seconds. */
const WITHIN_TRAINING_MS = 1_500;

/** Who was killed, where the project clock stood, and what went on besides the replay. */
export interface Kill {
  readonly what: Victim;
  readonly at: number;
  readonly during: 'traffic' | 'training' | 'canary';
}

/** What is played, and the seed of the kills. `starts` and `end`: milliseconds UTC of the project clock. */
export interface Played {
  readonly until: string;
  readonly starts: number;
  readonly end: number;
  readonly seed: number;
}

/** What a replay lived through. */
export interface KilledReplay {
  readonly kills: readonly Kill[];
}

/**
 * Plays the flights of a folder to the end, and kills one process after another meanwhile, at moments that
 * follow from a seed: so many hours of the project clock after the last kill and so far within the hour's
 * slice; the server once more while candidates are trained, and one of the others while a canary runs. What
 * was killed is started again where nothing else does so. Everything has ended when this resolves.
 */
export async function killedReplay(
  dir: string,
  { until: to, starts, end, seed }: Played,
): Promise<KilledReplay> {
  const stateDir = join(dir, '.tend');
  const random = seededRandom(seed);
  const upTo = (max: number): number => Math.floor(random.next() * max);
  const kills: Kill[] = [];
  let server = await startTend(['up'], { cwd: dir });
  let client = startReplay(dir, to);
  const clock = (): number =>
    Number(databaseRows(stateDir, 'select at from project_clock')[0]?.['at'] ?? starts);
  const phase = (): Kill['during'] => {
    const states = databaseRows(stateDir, 'select state from candidate').map(({ state }) => state);
    if (states.includes('canary')) return 'canary';
    return states.includes('training') ? 'training' : 'traffic';
  };
  const kill = async (what: Victim): Promise<void> => {
    kills.push({ what, at: clock(), during: phase() });
    if (what === 'server') {
      await server.stop('SIGKILL');
      server = await startTend(['up'], { cwd: dir });
    } else if (what === 'client') {
      await client.kill();
      client = startReplay(dir, to);
    } else await killOfPlane(stateDir, what);
  };
  try {
    const order = shuffledRounds(upTo);
    const special = new Set<Kill['during']>(['training', 'canary']);
    while (order.length > 0) {
      const next = clock() + (1 + upTo(32)) * HOUR_MS;
      let during = phase();
      await until(
        'the clock moves on',
        () => {
          during = phase();
          return clock() >= Math.min(next, end) || special.has(during) || client.ended();
        },
        120_000,
      );
      if (client.ended()) break;
      await delay(upTo(during === 'training' ? WITHIN_TRAINING_MS : WITHIN_SLICE_MS));
      const what = special.delete(during) && during === 'training' ? 'server' : (order.shift() ?? 'server');
      await kill(what);
    }
    await client.done();
    return { kills };
  } finally {
    await client.kill();
    await server.stop();
  }
}

function shuffledRounds(upTo: (max: number) => number): Victim[] {
  return Array.from({ length: ROUNDS }, () => {
    const left: Victim[] = [...VICTIMS];
    return VICTIMS.flatMap(() => left.splice(upTo(left.length), 1));
  }).flat();
}

async function killOfPlane(stateDir: string, what: 'worker' | 'plane'): Promise<void> {
  // One that is being replaced just now has no pid.
  let pid: number | undefined;
  await until(`a ${what} is there`, async () => {
    const plane = await adoptPlane(stateDir);
    const status = plane === null ? undefined : await planeStatus(plane.url).catch(() => undefined);
    pid = what === 'plane' ? status?.pid : status?.workers[0]?.pid;
    return pid !== undefined;
  });
  process.kill(pid ?? 0, 'SIGKILL');
}

interface ReplayClient {
  readonly ended: () => boolean;
  readonly kill: () => Promise<void>;
  /** Resolves when it has ended by itself. @throws unless it played to the end. */
  readonly done: () => Promise<void>;
}

function startReplay(dir: string, to: string): ReplayClient {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(TEND_|NODE_TEST)/.test(name));
  const child = spawn(process.execPath, [PROGRAM, 'replay', 'flights', '--until', to, '--json'], {
    cwd: dir,
    env: Object.fromEntries(inherited),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => (text += piece));
  child.stderr.setEncoding('utf8').on('data', (piece: string) => (text += piece));
  const closed = once(child, 'close') as Promise<[number | null]>;
  return {
    ended: () => child.exitCode !== null,
    kill: async () => {
      child.kill('SIGKILL');
      await closed;
    },
    done: async () => {
      const [code] = await closed;
      if (code !== 0) throw new Error(`the replay ended with ${code}: ${text}`);
    },
  };
}
