import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { serveHttp } from '../http/serve-http.ts';
import { asTendError } from '../kernel/error.ts';
import { SYSTEM } from '../kernel/policy.ts';
import { publishRouting } from '../lifecycle/deployment/publish-routing.ts';
import { assertMayBind, rolePolicy } from '../lifecycle/governance/index.ts';
import { isLoopback } from '../kernel/loopback.ts';
import { prometheusRoutes } from '../wire/prometheus/prometheus-routes.ts';
import { type App, compose } from './compose.ts';
import type { Config } from './config.ts';
import { type AppContext, operations } from './operations.ts';
import { systemClock } from './platform.ts';
import { serverRoutes } from './server-routes.ts';
import { VERSION } from './version.ts';

/** The built board beside the sources; without it the API works and there are no pages. */
const UI_DIR = fileURLToPath(new URL('../../ui/dist', import.meta.url));

/** How often the server looks for executions that are due and events that were not delivered. */
const TICK_MS = 250;

/** How often it looks whether a boundary of wall time has passed in a project that lives on it. */
const WATCH_MS = 1_000;

/** How often it looks whether the data plane lives: a request on the loopback and a small file. */
const PLANE_LOOK_MS = 1_000;

/** How often it looks for bytes that no artifact has any more; they lie for an hour first. */
const SWEEP_MS = 10 * 60_000;

/** How the server runs; `serve`: with a data plane beside it. */
export interface ServerOptions {
  readonly serve: boolean;
  readonly signal: AbortSignal;
  /** One line with the URLs, when everything answers. */
  readonly onReady: (line: string) => void;
  readonly onNotice: (line: string) => void;
}

/** Runs the server until the signal; resolves when everything is put away. */
export async function runServer(
  config: Config,
  options: ServerOptions,
): Promise<{ url: string; dataPlane: string | null }> {
  await using app = await compose(config, {
    lasting: true,
    onFatal: (error) => {
      options.onNotice(`tend: ${error.message}`);
      process.exit(1);
    },
  });
  const signInNeeded = await app.access.signInNeeded();
  assertMayBind(config.host, signInNeeded);
  await publishRouting(app.context(SYSTEM));
  await app.resumeRetrainings();
  const plane = options.serve ? app.planes.ensure(1) : Promise.resolve(null);
  plane.catch(() => undefined);
  const metrics = prometheusRoutes({ db: app.db, version: VERSION });
  const server = await serveHttp<AppContext>({
    operations,
    routes: serverRoutes(app.context(SYSTEM), metrics.routes),
    context: (principal, _signal, exchange) => app.context(principal, exchange),
    authenticate: app.access.authenticate,
    policy: rolePolicy,
    clock: systemClock,
    host: config.host,
    port: config.port,
    version: VERSION,
    observe: metrics.observe,
    onFault: (error, requestId) => options.onNotice(`fault ${requestId}: ${stackOf(error)}`),
    ...(existsSync(UI_DIR) ? { staticDir: UI_DIR } : {}),
  });
  try {
    const dataPlane = (await plane)?.url ?? null;
    app.lock.update({ pid: process.pid, url: server.url, dataPlane });
    const open =
      !signInNeeded && isLoopback(config.host)
        ? '; open to this machine alone, no account has a password'
        : '';
    const serving = dataPlane === null ? '' : `, predictions at ${dataPlane}`;
    options.onReady(`tend ${VERSION} is ready: ${server.url}${serving}${open}`);
    await work(app, options);
    return { url: server.url, dataPlane };
  } finally {
    // First what runs here: an execution that sees its plane go would take that for a failure.
    await app.engine.close();
    await server.close();
    // A living plane that was found and not started belongs to this folder all the same: a stop stops both.
    if (options.serve) await (await app.planes.living())?.stop();
  }
}

/** The stack of what was thrown first: the error around it says only where it was caught. */
function stackOf(error: unknown): string {
  const { cause, stack } = asTendError(error);
  return cause instanceof Error ? (cause.stack ?? cause.message) : (stack ?? '');
}

/** Takes up what is due, and replaces a data plane that is gone, again and again until the signal. */
async function work(app: App, { signal, serve, onNotice }: ServerOptions): Promise<void> {
  const last = new Map<string, string>();
  const notice = (what: string) => (error: unknown) => {
    const { message } = asTendError(error);
    // What fails several times a second, as on a full disk, is said once.
    if (signal.aborted || last.get(what) === message) return;
    last.set(what, message);
    onNotice(`${what}: ${message}`);
  };
  await new Promise<void>((resolve) => {
    const tick = (): void => {
      app.outbox.deliver().catch(notice('events'));
      app.engine.resumeAll().catch(notice('executions'));
      app.deliverWebhooks().catch(notice('webhooks'));
    };
    const look = (): void => void app.planes.ensure(1).catch(notice('data plane'));
    const watch = (): void => void app.watchWallTime().catch(notice('monitors'));
    const sweep = (): void => void app.sweepArtifacts().catch(notice('artifacts'));
    const timers = [
      setInterval(tick, TICK_MS),
      setInterval(watch, WATCH_MS),
      setInterval(sweep, SWEEP_MS),
      ...(serve ? [setInterval(look, PLANE_LOOK_MS)] : []),
    ];
    const stop = (): void => {
      timers.forEach(clearInterval);
      resolve();
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    tick();
  });
}
