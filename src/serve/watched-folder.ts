import { watch } from 'node:fs';

/** Bound on how late a change is seen where the system's notice is lost (network mounts) or not to be had. */
export const POLL_MS = 200;

/** A running look at a folder. */
export interface WatchedFolder {
  /** Looks now; resolves when that look is done. Looks never overlap. */
  readonly look: () => Promise<void>;
  readonly close: () => void;
}

/**
 * Calls `look` when something in the folder changes and every `POLL_MS`, one call at a time. `look` decides
 * itself whether anything is new, and handles its own errors: what it throws goes to `onError`. `poll`:
 * without the system's notices.
 */
export function watchFolder(
  folder: string,
  look: () => Promise<void>,
  onError: (error: unknown) => void,
  how: 'notices' | 'poll' = 'notices',
): WatchedFolder {
  let running: Promise<void> | undefined;
  let again = false;
  let closed = false;
  const run = (): Promise<void> => {
    if (closed) return Promise.resolve();
    if (running !== undefined) {
      again = true;
      return running;
    }
    running = (async () => {
      do {
        again = false;
        await look().catch(onError);
      } while (again && !closed);
    })().finally(() => {
      running = undefined;
    });
    return running;
  };
  const timer = setInterval(() => void run(), POLL_MS);
  const watcher = how === 'poll' ? undefined : tryWatch(folder, () => void run());
  return {
    look: run,
    close: () => {
      closed = true;
      clearInterval(timer);
      watcher?.close();
    },
  };
}

/**
 * The system's notices, or nothing where the folder is missing or watches have run out: the poll is enough.
 */
function tryWatch(folder: string, changed: () => void): { close: () => void } | undefined {
  try {
    const watcher = watch(folder, { persistent: false }, changed);
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}
