import cluster from 'node:cluster';
import { parseArgs } from 'node:util';
import { TendError } from '../kernel/error.ts';
import { runPlane } from '../serve/plane.ts';
import { EXIT_PORT_IN_USE } from '../serve/plane-client.ts';
import { systemClock, systemRandom } from './platform.ts';
import { VERSION } from './version.ts';

/** How often a plane that ends with another process looks for it. */
const PARENT_POLL_MS = 500;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '4610' },
    workers: { type: 'string', default: '1' },
    'with-parent': { type: 'string' },
  },
});

const parent = values['with-parent'];
if (parent !== undefined && cluster.isPrimary) {
  setInterval(() => {
    if (!isAlive(Number(parent))) process.kill(process.pid, 'SIGTERM');
  }, PARENT_POLL_MS).unref();
}

try {
  await runPlane({
    stateDir: positionals[0] ?? '.tend',
    host: values.host,
    port: Number(values.port),
    workers: Number(values.workers),
    ...(parent === undefined ? {} : { endsWith: Number(parent) }),
    version: VERSION,
    clock: systemClock,
    random: systemRandom,
    onReady: (plane) => void process.stderr.write(`the data plane answers at ${plane.url}\n`),
  });
  // A worker has only begun when this returns; the supervisor is done.
  if (cluster.isPrimary) process.exit(0);
} catch (error) {
  process.stderr.write(`the data plane: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(error instanceof TendError && error.code === 'PORT_IN_USE' ? EXIT_PORT_IN_USE : 1);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
