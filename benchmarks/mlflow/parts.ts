import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { call, type Cost, cost, cpuMs, type Peer, residentMib } from './peer.ts';

/** Lines of one part: what was measured, and what it came to. */
export type Measured = Readonly<Record<string, Cost | string>>;

const many = <T>(count: number, one: (index: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, index) => one(index));

let names = 0;

async function newExperiment(peer: Peer): Promise<string> {
  const made = await call(peer, 'experiments/create', { name: `bench ${Date.now()} ${names++}` });
  return String(made.experiment_id);
}

async function newRun(peer: Peer, experiment: string): Promise<string> {
  const body = { experiment_id: experiment, start_time: Date.now(), run_name: 'bench' };
  return (await call(peer, 'runs/create', { ...body, tags: [{ key: 'mlflow.user', value: 'ann' }] })).run.info
    .run_id;
}

async function calls(peer: Peer): Promise<Measured> {
  const experiment = await newExperiment(peer);
  const run = await newRun(peer, experiment);
  const point = (key: string, step: number) => ({ key, value: step / 7, timestamp: 1_700_000_000_000, step });
  return {
    create_run: await cost(peer, 500, () => newRun(peer, experiment)),
    log_metric: await cost(peer, 500, (step) =>
      call(peer, 'runs/log-metric', { run_id: run, ...point('one', step) }),
    ),
    'log_batch(1000)': await cost(peer, 30, (batch) =>
      call(peer, 'runs/log-batch', {
        run_id: run,
        metrics: many(1_000, (i) => point('many', batch * 1_000 + i)),
      }),
    ),
  };
}

/** Begun and filled by many writers at once, so that a hundred thousand take minutes and not hours. */
async function fill(peer: Peer, experiment: string, runs: number): Promise<void> {
  let next = 0;
  const write = async (): Promise<void> => {
    for (let at = next++; at < runs; at = next++) {
      const body = { experiment_id: experiment, start_time: 1_000 + at, run_name: `run-${at}` };
      const { run } = await call(peer, 'runs/create', body);
      await call(peer, 'runs/log-batch', {
        run_id: run.info.run_id,
        metrics: many(5, (i) => ({ key: `m${i}`, value: (at * 7919) % 10_007, timestamp: 1, step: 0 })),
        params: many(5, (i) => ({ key: `p${i}`, value: String((at + i) % 10) })),
      });
    }
  };
  await Promise.all(many(32, write));
}

async function search(peer: Peer, runs: number): Promise<Measured> {
  const experiment = await newExperiment(peer);
  await fill(peer, experiment, runs);
  const asked = { experiment_ids: [experiment], max_results: 100 };
  const deep = async (order: readonly string[]): Promise<string> => {
    const page = { ...asked, order_by: order, max_results: Math.min(runs / 2, 50_000) };
    return (await call(peer, 'runs/search', page)).next_page_token;
  };
  const one = (more: object): Promise<Cost> =>
    cost(peer, 20, () => call(peer, 'runs/search', { ...asked, ...more }));
  const byMetric = ['metrics.m1 DESC'];
  return {
    [`search 100 of ${runs}`]: await one({}),
    [`… by metric and parameter`]: await one({ filter: "metrics.m1 > 5000 and params.p1 = '3'" }),
    [`… in the order of a metric`]: await one({ order_by: byMetric }),
    [`… a page in the middle`]: await one({ page_token: await deep([]) }),
    [`… a page in the middle of that order`]: await one({
      order_by: byMetric,
      page_token: await deep(byMetric),
    }),
  };
}

async function history(peer: Peer, points: number): Promise<Measured> {
  const run = await newRun(peer, await newExperiment(peer));
  for (let first = 0; first < points; first += 1_000) {
    await call(peer, 'runs/log-batch', {
      run_id: run,
      metrics: many(1_000, (i) => ({
        key: 'm',
        value: (first + i) / 7,
        timestamp: first + i,
        step: first + i,
      })),
    });
  }
  const page = async (): Promise<void> => {
    let token = '';
    do {
      const query = `metrics/get-history?run_id=${run}&metric_key=m&max_results=25000${token}`;
      const { next_page_token: next } = await call(peer, query);
      token = next === undefined ? '' : `&page_token=${encodeURIComponent(next)}`;
    } while (token !== '');
  };
  return { [`history of ${points} points`]: await cost(peer, 3, page) };
}

const WRITERS_SECONDS = 8;

/** 64 connections log to one run at once; afterwards every point that was answered has to be there. */
async function writers(peer: Peer): Promise<Measured> {
  const run = await newRun(peer, await newExperiment(peer));
  const script = path.join(import.meta.dirname, 'writers.lua');
  const args = [
    '-t1',
    '-c64',
    `-d${WRITERS_SECONDS}s`,
    '--timeout',
    '30s',
    '-s',
    script,
    peer.url,
    '--',
    run,
  ];
  const before = cpuMs(peer.pid);
  const { stdout } = await promisify(execFile)('wrk', args);
  const cpu = cpuMs(peer.pid) - before;
  const { ok, faults, seconds, p99Ms } = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
  const { metrics = [] } = await call(
    peer,
    `metrics/get-history?run_id=${run}&metric_key=writer-0&max_results=1000000`,
  );
  const lost = Math.max(0, ok - metrics.length);
  return {
    '64 writers':
      `${(ok / seconds).toFixed(0)}/s, p99 ${p99Ms.toFixed(0)} ms, ${faults} × 5xx, ${lost} lost, ` +
      `CPU ${(cpu / Math.max(1, ok)).toFixed(2)} ms each`,
  };
}

const FILE_MIB = 1_024;

async function artifact(peer: Peer): Promise<Measured> {
  const { run } = await call(peer, 'runs/create', {
    experiment_id: await newExperiment(peer),
    start_time: 1,
  });
  const place = String(run.info.artifact_uri).replace(/^mlflow-artifacts:\//, '');
  const url = `${peer.url}/api/2.0/mlflow-artifacts/artifacts/${place}/large`;
  const chunk = new Uint8Array(1 << 20).fill(120);
  const up = await cost(peer, 1, async () => {
    let left = FILE_MIB;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => (left-- > 0 ? controller.enqueue(chunk) : controller.close()),
    });
    const sent = { method: 'PUT', body, duplex: 'half' } as RequestInit;
    if (!(await fetch(url, sent)).ok) throw new Error(`${peer.name} refused the file`);
  });
  const down = await cost(peer, 1, async () => {
    let bytes = 0;
    for await (const part of (await fetch(url)).body ?? []) bytes += part.length;
    if (bytes !== FILE_MIB * chunk.length) throw new Error(`${peer.name} answered ${bytes} bytes`);
  });
  return { 'file of 1 GB up': up, '… down': down };
}

async function rest(peer: Peer): Promise<Measured> {
  return {
    ready: `${peer.readyMs.toFixed(0)} ms`,
    memory: `${residentMib(peer.pid).toFixed(0)} MiB`,
  };
}

/** Parts by name; those of a hundred thousand runs and of a million points are of the fast one alone. */
export const PARTS: Readonly<Record<string, (peer: Peer) => Promise<Measured>>> = {
  rest,
  calls,
  writers,
  search: (peer) => search(peer, 1_000),
  history: (peer) => history(peer, 100_000),
  artifact,
  'large-search': (peer) => search(peer, 100_000),
  'large-history': (peer) => history(peer, 1_000_000),
};

/** Parts that would take the other server hours. */
export const TEND_ALONE: readonly string[] = ['large-search', 'large-history'];
