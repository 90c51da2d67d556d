import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { replaceFile } from './replace-file.ts';

/** Where the plane of a state folder answers; written when it does, removed when it ends in order. */
export interface PlaneFile {
  readonly pid: number;
  readonly port: number;
  readonly host: string;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly startedAt: number;
  /** Process with which it ends; null for a plane that outlives whoever started it. */
  readonly endsWith: number | null;
}

function planeFile(stateDir: string): string {
  return path.join(stateDir, 'serve', 'plane.json');
}

/** Null when there is none, or when it does not parse: then no plane of ours wrote it. */
export async function readPlaneFile(stateDir: string): Promise<PlaneFile | null> {
  try {
    const value: unknown = JSON.parse(await readFile(planeFile(stateDir), 'utf8'));
    return isPlaneFile(value) ? value : null;
  } catch {
    return null;
  }
}

/** Checked by hand: a control plane asks often, and the supervisor starts without a schema library. */
function isPlaneFile(value: unknown): value is PlaneFile {
  if (typeof value !== 'object' || value === null) return false;
  const { pid, port, host, startedAt, endsWith } = value as Partial<Record<keyof PlaneFile, unknown>>;
  if (endsWith !== null && !isCount(endsWith)) return false;
  return isCount(pid) && isCount(port) && typeof host === 'string' && typeof startedAt === 'number';
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value > 0;
}

/** Says where the plane answers; atomic and durable. */
export async function writePlaneFile(stateDir: string, file: PlaneFile): Promise<void> {
  await replaceFile(planeFile(stateDir), `${JSON.stringify(file)}\n`);
}

/** Removes the file if it is still that of the process `pid`. */
export async function removePlaneFile(stateDir: string, pid: number): Promise<void> {
  const present = await readPlaneFile(stateDir);
  if (present?.pid === pid) await rm(planeFile(stateDir), { force: true });
}

/**
 * `http://host:port`, with the brackets that an IPv6 address needs, and a loopback for the unspecified one.
 */
export function planeUrl(host: string, port: number): string {
  if (host === '0.0.0.0') return `http://127.0.0.1:${port}`;
  if (host === '::') return `http://[::1]:${port}`;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
