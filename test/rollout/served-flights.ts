import { setTimeout as delay } from 'node:timers/promises';
import { testClient, type TestClient } from '../../src/serve/fixtures/test-plane.ts';
import { type SmallFlights, smallFlights } from '../small-flights.ts';
import { runTend, startTend, type TendRun, type TendServer } from '../tend-process.ts';

/** A request that every version of the example answers. */
export const FLIGHT = { date: '2001-01-31T22:40:00Z', distance: 590, origin: 'ORD', destination: 'ATL' };

/** The small flights under a server, with an author and an ml-lead who are known by tokens alone. */
export interface ServedFlights extends AsyncDisposable {
  readonly project: SmallFlights;
  /** The server that runs now. */
  readonly server: () => TendServer;
  /** Kills the control plane and starts another one on the folder. */
  readonly killAndStart: () => Promise<void>;
  /** Runs a command in the folder, as the author unless told otherwise. */
  readonly tend: (args: readonly string[], as?: 'author' | 'lead' | 'local') => Promise<TendRun>;
  /** Applies as the author and approves what waits as the lead; resolves with the last result of `apply`. */
  readonly applyApproved: () => Promise<ReturnType<TendRun['data']>>;
  /** Verdict and reason of a stage, with the ids of its evidence. */
  readonly stage: (name: string) => Promise<{ verdict: string; reason: string; evidence: string[] }>;
  /** Role, version and weight of each route, in words. */
  readonly routes: () => Promise<string[]>;
}

/** Starts it: nothing is applied yet. `given`: the project to start on, disposed of with the server. */
export async function servedFlights(given?: SmallFlights): Promise<ServedFlights> {
  const project = given ?? (await smallFlights());
  let server = await startTend(['up'], { cwd: project.dir });
  const data = async (args: readonly string[]): Promise<ReturnType<TendRun['data']>> => {
    const run = await runTend([...args, '--json'], { cwd: project.dir });
    if (run.code !== 0) throw new Error(`tend ${args.join(' ')}: ${run.out}${run.err}`);
    return run.data();
  };
  const identity = async (name: string, role: string): Promise<string> => {
    await data(['accounts', 'create', name, '--kind', 'service', '--roles', role, '--roles', 'viewer']);
    return (await data(['tokens', 'create', 'test', '--account', name])).secret;
  };
  const tokens = {
    author: await identity('modeller', 'editor'),
    lead: await identity('ml-lead', 'approver'),
  };
  const tend: ServedFlights['tend'] = (args, as = 'author') =>
    runTend(args, { cwd: project.dir, env: as === 'local' ? {} : { TEND_TOKEN: tokens[as] } });
  const applied = async () => {
    const run = await tend(['apply', '--yes', '--json']);
    if (run.code !== 0) throw new Error(`apply ended with ${run.code}: ${run.out}${run.err}`);
    return run.data();
  };
  return {
    project,
    server: () => server,
    killAndStart: async () => {
      await server.stop('SIGKILL');
      server = await startTend(['up'], { cwd: project.dir });
    },
    tend,
    applyApproved: async () => {
      await applied();
      const { items } = await data(['approvals', 'list', '--state', 'waiting']);
      for (const { id } of items) {
        const run = await tend(['approve', id], 'lead');
        if (run.code !== 0) throw new Error(`approve ended with ${run.code}: ${run.err}`);
      }
      return applied();
    },
    stage: async (name) => {
      const { projects } = await data(['status']);
      const { verdict, reason, evidence } = projects[0].stages.find(
        (one: { stage: string }) => one.stage === name,
      );
      return { verdict, reason, evidence: evidence.map((one: { id: string }) => one.id) };
    },
    routes: async () => {
      const { items } = await data(['endpoints', 'list']);
      type Route = { role: string; version: string; weight: number };
      return items[0].routes.map((route: Route) => `${route.role} ${route.version} ${route.weight}`).sort();
    },
    [Symbol.asyncDispose]: async () => {
      await server.stop();
      project[Symbol.dispose]();
    },
  };
}

/** Requests that are being sent one after another, and how they were answered. */
export interface Traffic extends AsyncDisposable {
  /** Ids of the acknowledged predictions, and the versions that gave them, in the order of the answers. */
  readonly ids: readonly string[];
  readonly versions: readonly string[];
  readonly failures: readonly string[];
}

/** Sends requests over two connections that are kept open, until disposed of. */
export function traffic(url: string): Traffic {
  const ids: string[] = [];
  const versions: string[] = [];
  const failures: string[] = [];
  let running = true;
  const send = async (client: TestClient): Promise<void> => {
    while (running) {
      try {
        const answer = await client.predict(FLIGHT);
        ids.push(answer.id);
        versions.push(answer.version);
      } catch (error) {
        failures.push(String(error));
        await delay(20);
      }
    }
    client.close();
  };
  const sent = Promise.all([send(testClient(url, 1)), send(testClient(url, 1))]);
  return {
    ids,
    versions,
    failures,
    [Symbol.asyncDispose]: async () => {
      running = false;
      await sent;
    },
  };
}
