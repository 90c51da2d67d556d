import { z } from 'zod';
import { TendError } from '../kernel/error.ts';
import { type AnyOperation, defineOperation } from '../kernel/operation.ts';
import type { Command } from './command.ts';
import { localInvoker } from './local-invoker.ts';
import { type CliOptions, runCli } from './run-cli.ts';

/** Context of the operations that the tests of this folder call. */
export interface BedContext {
  readonly signal: AbortSignal;
}

export const bedOperations: readonly AnyOperation<BedContext>[] = [
  defineOperation({
    name: 'models.list',
    summary: 'Lists the models',
    method: 'GET',
    path: '/models',
    input: z.object({
      limit: z.coerce.number().int().min(1).max(10).default(5),
      state: z.enum(['live', 'retired']).exactOptional(),
      tags: z.array(z.string()).exactOptional(),
      deep: z.boolean().default(false),
    }),
    output: z.object({
      items: z.array(z.looseObject({ name: z.string() })),
      next: z.string().exactOptional(),
    }),
    errors: [],
    permission: 'model.read',
    audit: 'none',
    cli: { command: 'models list', example: 'tend models list --state live' },
    handler: async (_ctx: BedContext, input) => ({
      items: [
        { name: 'flight-delay', version: 3, madeAt: 1_700_000_000_000, input: JSON.stringify(input) },
        { name: '\u001b]0;owned\u0007evil\nline', version: 12, madeAt: 1_700_000_000_000, input: '' },
      ],
      next: 'abc',
    }),
  }),
  defineOperation({
    name: 'models.show',
    summary: 'Shows one model',
    method: 'GET',
    path: '/models/{name}',
    input: z.object({ name: z.string(), expiresIn: z.string().exactOptional() }),
    output: z.object({ name: z.string() }),
    errors: ['NOT_FOUND'],
    permission: 'model.read',
    audit: 'none',
    cli: { command: 'models show', positional: ['name'], example: 'tend models show flight-delay' },
    handler: async (_ctx: BedContext, { name }) => {
      if (name !== 'flight-delay') throw new TendError('NOT_FOUND', `there is no model ${name}`);
      return { name };
    },
  }),
  defineOperation({
    name: 'secrets.set',
    summary: 'Sets a secret',
    method: 'POST',
    path: '/secrets',
    input: z.object({ name: z.string(), password: z.string().min(8).meta({ format: 'password' }) }),
    output: z.object({ length: z.number() }),
    errors: [],
    permission: 'account.manage',
    audit: 'ledger',
    cli: { command: 'secrets set', positional: ['name'] },
    handler: async (_ctx: BedContext, { password }) => ({ length: password.length }),
  }),
  defineOperation({
    name: 'beats.follow',
    summary: 'Follows beats',
    method: 'GET',
    path: '/beats',
    input: z.object({}),
    output: z.object({ n: z.number() }),
    errors: [],
    permission: 'public',
    audit: 'none',
    stream: true,
    cli: { command: 'follow' },
    handler: async function* () {
      yield { n: 1 };
      yield { n: 2 };
    },
  }),
];

/** A command that fails or ends as it is told. */
export const failing: Command = {
  name: 'fail',
  summary: 'Fails with a code',
  examples: ['tend fail CONFLICT'],
  arguments: [{ name: 'code', description: 'of the catalogue', required: true }],
  options: [
    { flag: 'times', description: 'a number', type: 'number' },
    { flag: 'yes', description: 'asks nothing', type: 'boolean' },
  ],
  load: async () => async (call) => {
    call.terminal.report({ text: 'working', share: 0.5 });
    call.terminal.warn('careful');
    const code = String(call.arguments['code']);
    if (code === 'GATE') return { data: { passed: false, options: call.options }, exitCode: 10 };
    if (code === 'DEFECT') throw new TypeError('undefined is not a function');
    throw new TendError(code as 'CONFLICT', `failed with ${code}`, {
      fields: [
        { path: 'a', message: 'wrong' },
        { path: 'b', message: 'wrong too' },
      ],
    });
  },
};

export interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** Parsed standard output, of whatever shape. */
  readonly json: ReturnType<typeof JSON.parse>;
}

/** Runs a command line over the test operations, piped unless `tty`. */
export async function runLine(
  argv: readonly string[],
  options: Partial<CliOptions<BedContext>> & { readonly tty?: boolean; readonly stdin?: string } = {},
): Promise<Run> {
  let out = '';
  let err = '';
  const isTTY = options.tty === true;
  const code = await runCli<BedContext>({
    argv,
    version: '1.2.3',
    commands: [failing],
    operations: bedOperations,
    openInvoker: async () => localInvoker({ operations: bedOperations, context: (signal) => ({ signal }) }),
    streams: {
      stdout: { write: (text) => (out += text), isTTY, columns: 60 },
      stderr: { write: (text) => (err += text), isTTY, columns: 60 },
      readStdin: async () => options.stdin ?? '',
    },
    environment: {},
    clock: { monotonic: () => performance.now() },
    signal: new AbortController().signal,
    ...options,
  });
  return { code, out, err, json: out.startsWith('{') ? JSON.parse(out) : undefined };
}
