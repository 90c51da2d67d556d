import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../bin/tend.js', import.meta.url));

export interface TendOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What the command reads from standard input; it is a closed pipe otherwise. */
  readonly stdin?: string;
}

/** A command that ended. */
export interface TendRun {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  /**
   * `data` of `--json`. @throws if standard output is not exactly one JSON document with `data` and `meta`.
   */
  readonly data: () => ReturnType<typeof JSON.parse>;
  /** `error` of `--json`. @throws if standard output is not exactly one JSON document with `error` alone. */
  readonly error: () => { readonly code: string; readonly message: string; readonly hint: string };
}

/** Runs one command as a process of its own, and waits for its end. */
export function runTend(args: readonly string[], options: TendOptions = {}): Promise<TendRun> {
  return ending(spawnTend(args, options), options.stdin ?? '');
}

/** Runs a command and sends SIGINT as soon as its standard error says what is waited for. */
export function interruptTend(
  args: readonly string[],
  options: TendOptions & { readonly at: RegExp },
): Promise<TendRun> {
  const child = spawnTend(args, options);
  let err = '';
  child.stderr?.on('data', (text: Buffer) => {
    const before = options.at.test(err);
    err += text.toString();
    if (!before && options.at.test(err)) child.kill('SIGINT');
  });
  return ending(child, '');
}

async function ending(child: ChildProcess, stdin: string): Promise<TendRun> {
  let out = '';
  let err = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (err += text));
  // A command that does not read its input may be gone before it is written.
  child.stdin?.on('error', () => undefined).end(stdin);
  const [code] = (await once(child, 'close')) as [number | null];
  const only = (keys: string): ReturnType<typeof JSON.parse> => {
    const document = JSON.parse(out) as Record<string, unknown>;
    const found = Object.keys(document).join(' ');
    if (found !== keys) throw new TypeError(`expected ${keys}, came ${found}: ${out}${err}`);
    return document;
  };
  return { code, out, err, data: () => only('data meta').data, error: () => only('error').error };
}

/** A server or data plane that said it is ready; disposing of it stops it and waits. */
export interface TendServer extends AsyncDisposable {
  /** The line it printed. */
  readonly ready: string;
  /** Addresses in that line, in order. */
  readonly urls: readonly string[];
  readonly pid: number;
  /** Everything on standard output so far. */
  readonly out: () => string;
  readonly err: () => string;
  /** Ends it by a signal; resolves with its exit code, null when the signal itself ended it. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<number | null>;
}

/** Starts a command that stays, on free ports, and waits for its ready line. @throws if it ends before. */
export async function startTend(args: readonly string[], options: TendOptions = {}): Promise<TendServer> {
  const env = { TEND_PORT: '0', TEND_SERVE_PORT: '0', ...options.env };
  const child = spawnTend(args, { ...options, env });
  let out = '';
  let err = '';
  child.stdin?.end();
  const exited = once(child, 'close') as Promise<[number | null]>;
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  lines.on('line', (line) => (out += `${line}\n`));
  const notes = createInterface({ input: child.stderr as NodeJS.ReadableStream });
  notes.on('line', (line) => (err += `${line}\n`));
  const ready = await Promise.race([
    once(lines, 'line').then(([line]) => String(line)),
    // With --json the line is on standard error.
    once(notes, 'line').then(([line]) => String(line)),
    exited.then(([code]) =>
      Promise.reject(new Error(`ended with ${code} before it was ready: ${out}${err}`)),
    ),
  ]);
  const stop = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> => {
    child.kill(signal);
    return (await exited)[0];
  };
  return {
    ready,
    urls: ready.match(/https?:\/\/[^\s,;/]+/g) ?? [],
    pid: child.pid ?? 0,
    out: () => out,
    err: () => err,
    stop,
    [Symbol.asyncDispose]: async () => {
      await stop();
    },
  };
}

function spawnTend(args: readonly string[], { cwd, env }: TendOptions): ChildProcess {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(TEND_|NODE_TEST|FORCE_COLOR)/.test(name),
  );
  return spawn(process.execPath, [PROGRAM, ...args], {
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...Object.fromEntries(inherited), NO_COLOR: '1', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}
