import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const TEND = fileURLToPath(new URL('../../bin/tend.js', import.meta.url));

/** Ends the tour with the exit code of the command that failed; that command has said why. */
export class TourFailure extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** A running server and the way to call `tend` beside it. */
export interface Tour {
  readonly url: string;
  readonly dataPlane: string;
  /** Resolves when the server ends by itself. */
  readonly ended: Promise<unknown>;
  /** Runs a command; progress goes to the terminal. Resolves with its exit code and the data of `--json`. */
  readonly tend: (
    args: readonly string[],
    options?: { readonly token?: string; readonly quiet?: boolean },
  ) => Promise<{ readonly exitCode: number; readonly data: unknown; readonly error: string }>;
  readonly stop: () => Promise<void>;
}

/** Starts `tend up` on the folder and waits for the one line that it prints when it answers. */
export async function openTour(folder: string, signal: AbortSignal): Promise<Tour> {
  const server = spawn(process.execPath, [TEND, 'up'], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(server, 'exit');
  const line = await Promise.race([firstLine(server), ended.then(() => undefined)]);
  const [, url, dataPlane] = /ready: (\S+?), predictions at ([^\s;]+)/.exec(line ?? '') ?? [];
  if (url === undefined || dataPlane === undefined) {
    throw new TourFailure('the server did not start; its message stands above', server.exitCode ?? 1);
  }
  return {
    url,
    dataPlane,
    ended,
    tend: (args, options = {}) => runTend(folder, args, { ...options, url, signal }),
    stop: async () => {
      if (server.exitCode === null && server.signalCode === null) {
        server.kill('SIGTERM');
        await ended;
      }
    },
  };
}

async function firstLine(server: ChildProcess): Promise<string | undefined> {
  if (server.stdout === null) return undefined;
  const lines = createInterface({ input: server.stdout });
  const [line] = (await once(lines, 'line')) as [string];
  return line;
}

async function runTend(
  folder: string,
  args: readonly string[],
  options: {
    readonly token?: string;
    readonly quiet?: boolean;
    readonly url: string;
    readonly signal: AbortSignal;
  },
): Promise<{ exitCode: number; data: unknown; error: string }> {
  options.signal.throwIfAborted();
  const child = spawn(process.execPath, [TEND, ...args, '--json'], {
    cwd: folder,
    env: {
      ...process.env,
      TEND_URL: options.url,
      ...(options.token === undefined ? {} : { TEND_TOKEN: options.token }),
    },
    stdio: ['ignore', 'pipe', options.quiet === true ? 'ignore' : 'inherit'],
    signal: options.signal,
    killSignal: 'SIGINT',
  });
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  const answer = output === '' ? {} : (JSON.parse(output) as { data?: unknown; error?: { message: string } });
  return { exitCode: code ?? 130, data: answer.data, error: answer.error?.message ?? '' };
}
