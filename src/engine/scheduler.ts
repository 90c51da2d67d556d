/** Port: what calls back later. Tests give one that they turn by hand. */
export interface Scheduler {
  /** Calls `task` once after `delayMs` milliseconds, unless what it returns is disposed of first. */
  readonly after: (delayMs: number, task: () => void) => Disposable;
}

/** Timers of the platform. They do not keep the process alive: what waits is on disk. */
export const timerScheduler: Scheduler = {
  after: (delayMs, task) => {
    const timer = setTimeout(task, delayMs).unref();
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  },
};

/** Resolves after `delayMs`; rejects with the signal's reason when it is aborted first. */
export function delay(scheduler: Scheduler, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    const timer = scheduler.after(delayMs, () => {
      signal.removeEventListener('abort', stop);
      resolve();
    });
    const stop = (): void => {
      timer[Symbol.dispose]();
      reject(signal.reason);
    };
    signal.addEventListener('abort', stop, { once: true });
  });
}
