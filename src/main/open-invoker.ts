import type { Invoker } from '../cli/invoker.ts';
import { localInvoker } from '../cli/local-invoker.ts';
import { remoteInvoker } from '../cli/remote-invoker.ts';
import { TendError } from '../kernel/error.ts';
import type { AnyOperation } from '../kernel/operation.ts';
import type { Principal } from '../kernel/policy.ts';
import { rolePolicy } from '../lifecycle/governance/index.ts';
import { FolderOwnedError } from '../store/lock.ts';
import { type App, compose } from './compose.ts';
import { type AppContext, operations } from './operations.ts';
import type { Config } from './config.ts';
import { systemRandom } from './platform.ts';

/**
 * The way from a command to the operations: the named server, the server that owns the folder, or the folder
 * in this process. @throws FOLDER_OWNED when another command works on the folder; NOT_SIGNED_IN
 */
export async function openInvoker(config: Config): Promise<Invoker> {
  const remote = (url: string): Invoker =>
    remoteInvoker({
      operations,
      url,
      random: systemRandom,
      ...(config.token === undefined ? {} : { token: config.token }),
    });
  if (config.url !== undefined) return remote(config.url);
  try {
    return await openLocal(config);
  } catch (error) {
    const url = error instanceof FolderOwnedError ? error.owner?.url : undefined;
    if (typeof url === 'string') return remote(url);
    throw error;
  }
}

async function openLocal(config: Config): Promise<Invoker> {
  const app = await compose(config, { lasting: false, onFatal: failFast });
  try {
    await app.outbox.deliver();
    const principal = await localPrincipal(app, config);
    return localInvoker({
      operations: guarded(principal),
      context: () => app.context(principal),
      close: async () => app[Symbol.asyncDispose](),
    });
  } catch (error) {
    await app[Symbol.asyncDispose]();
    throw error;
  }
}

/** A failed fsync is not survived: what is on disk is no longer known (see the store). */
function failFast(error: TendError): void {
  process.stderr.write(`tend: ${error.message}\n`);
  process.exit(1);
}

/** Who works on the folder: the account of TEND_TOKEN, else whoever sits at the machine. */
async function localPrincipal(app: App, config: Config): Promise<Principal> {
  const headers = config.token === undefined ? {} : { authorization: `Bearer ${config.token}` };
  const principal = await app.access.authenticate({ peer: '127.0.0.1', headers });
  if (principal.kind !== 'anonymous') return principal;
  throw new TendError('NOT_SIGNED_IN', 'this folder has accounts with passwords: say who you are', {
    hint: 'Set TEND_TOKEN to a token of your account.',
  });
}

/** The operations, each refusing whom the permission table refuses. */
function guarded(principal: Principal): readonly AnyOperation<AppContext>[] {
  return operations.map((operation) => ({
    ...operation,
    handler: (ctx: AppContext, input: never) => {
      if (rolePolicy.allows(principal, operation.permission)) return operation.handler(ctx, input);
      throw new TendError(
        'NOT_ALLOWED',
        `${principal.name} may not ${operation.name}: it needs ${operation.permission}`,
      );
    },
  }));
}
