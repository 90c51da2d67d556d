import { runCli } from '../cli/run-cli.ts';
import { operations } from './operations.ts';
import { readConfig } from './config.ts';
import { commands } from './commands/commands.ts';
import { ORDER } from './commands/order.ts';
import { openInvoker } from './open-invoker.ts';
import { systemClock } from './platform.ts';
import { presentations } from './presentations.ts';
import { processStreams } from './process-streams.ts';
import { VERSION } from './version.ts';

const interrupted = new AbortController();
let signals = 0;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    signals += 1;
    // A second one means now: everything that was accepted is on disk already.
    if (signals > 1) process.exit(130);
    interrupted.abort();
  });
}
// A reader that closes the pipe early (`tend status | head`) ends the output, not with an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

// What waits inside (a pause before a retry, a lease) does not keep the process alive by itself; a command
// does.
const alive = setInterval(() => undefined, 2 ** 30);

const { env } = process;
process.exitCode = await runCli({
  argv: process.argv.slice(2),
  version: VERSION,
  commands,
  operations,
  presentations,
  openInvoker: async ({ dir }) =>
    openInvoker(readConfig(env, process.cwd(), dir === undefined ? {} : { dir })),
  streams: processStreams,
  environment: env,
  clock: systemClock,
  signal: interrupted.signal,
  order: ORDER,
});
clearInterval(alive);
process.exit();
