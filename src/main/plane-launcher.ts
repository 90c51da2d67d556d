import { fileURLToPath } from 'node:url';
import { TendError } from '../kernel/error.ts';
import type { PlaneLauncher } from '../lifecycle/stage-scope.ts';
import { adoptPlane, type RunningPlane, spawnPlane } from '../serve/plane-client.ts';

/** The entry of the data plane, as TypeScript in a checkout and as JavaScript in the package. */
const ENTRY = fileURLToPath(
  new URL(`./serve${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url),
);

/** Starts and finds the data plane of a state folder. */
export interface StatePlanes extends PlaneLauncher {
  /** Drains the plane if it was started here. */
  readonly stopOwn: () => Promise<void>;
}

/**
 * Planes for one state folder. `lasting`: the plane listens where clients look for it and outlives a kill of
 * this process; otherwise it takes a free port and ends with this process.
 */
export function statePlanes(options: {
  readonly stateDir: string;
  readonly host: string;
  readonly port: number;
  readonly lasting: boolean;
}): StatePlanes {
  const { stateDir, host, port, lasting } = options;
  let own: Promise<RunningPlane> | undefined;
  let ensuring: Promise<RunningPlane> | undefined;
  /** Where it came to listen: one that takes its place must be found at the same address. */
  let listened: number | undefined;
  const launch = (dir: string, at: { host: string; port: number; workers: number; lasting: boolean }) =>
    spawnPlane({
      entry: ENTRY,
      stateDir: dir,
      args: [
        dir,
        '--host',
        at.host,
        '--port',
        String(at.port),
        '--workers',
        String(at.workers),
        ...(at.lasting ? [] : ['--with-parent', String(process.pid)]),
      ],
    });
  const ensure = async (workers: number): Promise<RunningPlane> => {
    const living = await adoptPlane(stateDir);
    const ends = living !== null && living.endsWith !== null && living.endsWith !== process.pid;
    if (living !== null && !ends) return noted(living);
    // It was started by a process that is gone, as this one owns the folder now, and ends any moment.
    await living?.stop();
    own = launch(stateDir, { host, port: lasting ? (listened ?? port) : 0, workers, lasting });
    return noted(await own.catch(refusePort));
  };
  const noted = (plane: RunningPlane): RunningPlane => {
    listened = Number(new URL(plane.url).port);
    return plane;
  };
  return {
    launchTemporary: (dir) => launch(dir, { host: '127.0.0.1', port: 0, workers: 1, lasting: false }),
    living: () => adoptPlane(stateDir),
    ensure: (workers) => {
      // Two callers at once share one plane.
      ensuring ??= ensure(workers).finally(() => {
        ensuring = undefined;
      });
      return ensuring;
    },
    stopOwn: async () => {
      // One that is still starting is waited for: it would otherwise be left behind.
      await ensuring?.catch(() => undefined);
      const started = await own?.catch(() => undefined);
      own = undefined;
      await started?.stop();
    },
  };
}

/** A port that is taken is the caller's to settle, unlike a plane that fails for another reason. */
function refusePort(error: unknown): never {
  const taken = error instanceof TendError ? /cannot listen on (\S+): it is in use/.exec(error.hint) : null;
  if (taken === null) throw error;
  throw new TendError('PORT_IN_USE', `the data plane cannot listen on ${taken[1]}: it is in use`, {
    cause: error,
  });
}
