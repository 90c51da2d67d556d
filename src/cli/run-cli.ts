import { readFile } from 'node:fs/promises';
import { CommanderError } from 'commander';
import type { Clock } from '../kernel/clock.ts';
import { asTendError, TendError } from '../kernel/error.ts';
import type { AnyOperation } from '../kernel/operation.ts';
import { apiCommand } from './api-command.ts';
import { buildProgram } from './build-program.ts';
import type { Command, GlobalOptions } from './command.ts';
import { exitCodeOf } from './exit-code.ts';
import type { Invoker } from './invoker.ts';
import { operationCommand, type Presentation } from './operation-command.ts';
import { renderValue } from './render-value.ts';
import { showError } from './show-error.ts';
import { type CliStreams, openTerminal, wantsColor } from './terminal.ts';

/** What the command line is made of. */
export interface CliOptions<C> {
  /** Without the program's own name. */
  readonly argv: readonly string[];
  readonly version: string;
  /** Commands that are more than one operation. They win over an operation's command of the same name. */
  readonly commands: readonly Command[];
  readonly operations: readonly AnyOperation<C>[];
  /** By the name of the operation. */
  readonly presentations?: Readonly<Record<string, Presentation>>;
  /** Opens the way to the operations, when a command first asks for it. */
  readonly openInvoker: (global: GlobalOptions) => Promise<Invoker>;
  readonly streams: CliStreams;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly signal: AbortSignal;
  /** Names of commands in the order of the help; the rest follow by name. */
  readonly order?: readonly string[];
}

/** Runs one command line. Resolves with the exit code; never rejects. */
export async function runCli<C>(options: CliOptions<C>): Promise<number> {
  const { streams, argv } = options;
  const json = argv.slice(0, argv.includes('--') ? argv.indexOf('--') : argv.length).includes('--json');
  const write = (text: string): void => void streams.stdout.write(text);
  if (argv[0] === '--version') {
    write(`${options.version}\n`);
    return 0;
  }
  let exitCode = 0;
  try {
    const program = buildProgram({ commands: commandsOf(options), write }, async (command, args, flags) => {
      exitCode = await runCommand(options, command, args, flags);
    });
    if (argv.length === 0) {
      program.outputHelp();
      return 0;
    }
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) return fail(options, error, json);
    if (error.exitCode === 0) return 0;
    const message =
      error.code === 'commander.help'
        ? 'expected a command'
        : error.message.replace(/^error: /, '').replace(/\n\((.*)\)$/, ': $1');
    return fail(options, new TendError('USAGE', message, { hint: hintFor(commandsOf(options), argv) }), json);
  }
}

/** The help of the command, or of its group, that the line begins with. */
function hintFor(commands: readonly Command[], argv: readonly string[]): string {
  const word = argv.find((text) => /^[a-z]/.test(text));
  const words = commands.some(({ name }) => name.split(' ')[0] === word) ? [word] : [];
  return `See \`${['tend', ...words, '--help'].join(' ')}\`.`;
}

/** Every command once, in order. */
function commandsOf<C>(options: CliOptions<C>): Command[] {
  const projected = options.operations.flatMap((operation) => {
    const command = operationCommand(operation, options.presentations?.[operation.name]);
    return command === undefined ? [] : [command];
  });
  const byName = new Map(
    [apiCommand, ...projected, ...options.commands].map((command) => [command.name, command]),
  );
  const order = options.order ?? [];
  const rank = (name: string): number => (order.includes(name) ? order.indexOf(name) : order.length);
  return [...byName.values()].sort((a, b) => rank(a.name) - rank(b.name) || a.name.localeCompare(b.name));
}

async function runCommand<C>(
  options: CliOptions<C>,
  command: Command,
  args: Record<string, unknown>,
  flags: Record<string, unknown>,
): Promise<number> {
  const { streams, environment, clock, signal } = options;
  const { json, dir, color, ...own } = flags;
  const global = { json: json === true, ...(typeof dir === 'string' ? { dir } : {}) };
  const colored = wantsColor(typeof color === 'boolean' ? color : undefined, environment, streams.stdout);
  const terminal = openTerminal(streams, { json: global.json, color: colored }, clock);
  let opened: Promise<Invoker> | undefined;
  const invoker = (): Promise<Invoker> => (opened ??= options.openInvoker(global));
  try {
    const values = await readValues(command, own, streams);
    const run = await command.load();
    const result = await run({ arguments: args, options: values, global, terminal, signal, invoker });
    terminal.end();
    if (global.json)
      streams.stdout.write(`${JSON.stringify({ data: result.data ?? null, meta: result.meta ?? {} })}\n`);
    else {
      const text =
        result.text ?? renderValue(result.data, { width: terminal.width, heading: terminal.colors.bold });
      if (text !== '') streams.stdout.write(`${text}\n`);
    }
    return result.exitCode ?? 0;
  } catch (error) {
    terminal.end();
    return fail(options, error, global.json);
  } finally {
    await opened?.then((open) => open.close()).catch(() => undefined);
  }
}

async function readValues(
  command: Command,
  flags: Record<string, unknown>,
  streams: CliStreams,
): Promise<Record<string, unknown>> {
  const values = { ...flags };
  for (const option of command.options) {
    const name = option.flag.replaceAll(/-([a-z])/g, (_whole, letter: string) => letter.toUpperCase());
    const value = values[name];
    if (typeof value !== 'string') continue;
    if (option.type === 'file') values[name] = (await readText(value, streams)).replace(/\r?\n$/, '');
    if (option.type !== 'number') continue;
    if (value.trim() === '' || !Number.isFinite(Number(value))) {
      throw new TendError('USAGE', `--${option.flag} takes a number, not ${value}`);
    }
    values[name] = Number(value);
  }
  return values;
}

async function readText(path: string, streams: CliStreams): Promise<string> {
  if (path === '-') return streams.readStdin();
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new TendError('USAGE', `cannot read ${path}`, {
      cause: error,
      hint: 'Check the path and its permissions.',
    });
  }
}

function fail<C>(options: CliOptions<C>, thrown: unknown, json: boolean): number {
  const error = options.signal.aborted ? new TendError('INTERRUPTED', 'interrupted') : asTendError(thrown);
  const color = wantsColor(undefined, options.environment, options.streams.stderr);
  showError(error, options.streams, { json, color });
  return exitCodeOf(error);
}
