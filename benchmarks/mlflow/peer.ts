import { readdirSync, readFileSync } from 'node:fs';

/** A server under test: where it answers, and the process that was started. */
export interface Peer {
  readonly name: string;
  readonly url: string;
  readonly pid: number;
  readonly readyMs: number;
}

/** What one call took: wall time of the median one, and processor time of all processes of the server. */
export interface Cost {
  readonly p50Ms: number;
  readonly cpuMs: number;
}

/** Milliseconds of user and system time of a process and its descendants (Linux: 100 ticks a second). */
export function cpuMs(pid: number): number {
  return treeOf(pid).reduce((sum, one) => {
    const fields = readFileSync(`/proc/${one}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return sum + (Number(fields[11]) + Number(fields[12])) * 10;
  }, 0);
}

/** Resident memory of a process and its descendants, MiB. */
export function residentMib(pid: number): number {
  return treeOf(pid).reduce((sum, one) => {
    const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${one}/status`, 'utf8'));
    return sum + Number(line?.[1] ?? 0) / 1_024;
  }, 0);
}

function treeOf(pid: number): readonly number[] {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number),
  );
  return [pid, ...children.flatMap(treeOf)];
}

/** Sends JSON to a call, or asks by GET without a body. @throws Error for anything but 200 */
export async function call(peer: Peer, path: string, body?: object): Promise<ReturnType<typeof JSON.parse>> {
  const response = await fetch(`${peer.url}/api/2.0/mlflow/${path}`, {
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    headers: { 'content-type': 'application/json' },
  });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${peer.name}: ${path}: ${response.status} ${text}`);
  return JSON.parse(text);
}

/** Carries out the same work `times` times, one after the other, after as many that do not count. */
export async function cost(
  peer: Peer,
  times: number,
  work: (index: number) => Promise<unknown>,
): Promise<Cost> {
  const warm = times;
  for (let i = 0; i < warm; i++) await work(i);
  const tookMs: number[] = [];
  const before = cpuMs(peer.pid);
  for (let i = warm; i < warm + times; i++) {
    const started = performance.now();
    await work(i);
    tookMs.push(performance.now() - started);
  }
  const cpu = (cpuMs(peer.pid) - before) / times;
  tookMs.sort((a, b) => a - b);
  return { p50Ms: tookMs[Math.floor(times / 2)] ?? Number.NaN, cpuMs: cpu };
}
