import { readFileSync } from 'node:fs';
import { request as newRequest, type RequestOptions } from 'node:http';
import type { MlflowServer } from './run-client.ts';

const CHUNK = Buffer.alloc(1 << 20, 'x');

/** What came of a file that went up and came down. */
export interface Streamed {
  readonly status: number;
  readonly receivedBytes: number;
  /** By how much the server's resident memory was larger at its peak than before. */
  readonly grownBytes: number;
}

/** Sends a file of whole megabytes and fetches it again, without holding it in memory here either. */
export async function streamLargeFile(
  { url, server }: Pick<MlflowServer, 'url' | 'server'>,
  path: string,
  sizeBytes: number,
  headers: Readonly<Record<string, string>> = {},
): Promise<Streamed> {
  const before = residentBytes(server.pid);
  let peak = before;
  const look = (): void => {
    peak = Math.max(peak, residentBytes(server.pid));
  };
  const options = { host: '127.0.0.1', port: new URL(url).port, headers, path };
  const status = await sendChunks({ ...options, method: 'PUT' }, sizeBytes / CHUNK.length, look);
  const receivedBytes = await countBytes({ ...options, method: 'GET' }, look);
  return { status, receivedBytes, grownBytes: peak - before };
}

function sendChunks(options: RequestOptions, count: number, look: () => void): Promise<number> {
  return new Promise((resolve, reject) => {
    const outgoing = newRequest(options, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    outgoing.once('error', reject);
    const write = (left: number): void => {
      look();
      if (left === 0) outgoing.end();
      else outgoing.write(CHUNK, () => write(left - 1));
    };
    write(count);
  });
}

function countBytes(options: RequestOptions, look: () => void): Promise<number> {
  return new Promise((resolve, reject) => {
    const outgoing = newRequest(options, (answer) => {
      let count = 0;
      answer.on('data', (bytes: Buffer) => {
        count += bytes.length;
        look();
      });
      answer.once('error', reject);
      answer.once('end', () => resolve(count));
    });
    outgoing.once('error', reject);
    outgoing.end();
  });
}

function residentBytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) * 1024;
}
