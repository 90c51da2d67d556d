import type { Clock } from '../src/kernel/clock.ts';
import type { Scheduler } from '../src/engine/scheduler.ts';

interface Timer {
  readonly at: number;
  readonly task: () => void;
}

/** A clock and its timers that stand still until a test moves them. */
export class ManualTime {
  #now: number;
  readonly #timers = new Set<Timer>();
  readonly #awaited: { readonly delayMs: number; readonly resolve: () => void }[] = [];

  constructor(now = 1_800_000_000_000) {
    this.#now = now;
  }

  readonly clock: Clock = { now: () => this.#now, monotonic: () => this.#now };

  readonly scheduler: Scheduler = {
    after: (delayMs, task) => {
      const timer: Timer = { at: this.#now + delayMs, task };
      this.#timers.add(timer);
      for (const awaited of this.#awaited.filter((entry) => entry.delayMs === delayMs)) {
        this.#awaited.splice(this.#awaited.indexOf(awaited), 1);
        awaited.resolve();
      }
      return { [Symbol.dispose]: () => this.#timers.delete(timer) };
    },
  };

  /** Moves on by `ms` and calls what has become due, the earliest first. */
  advance(ms: number): void {
    this.#now += ms;
    const due = [...this.#timers].filter((timer) => timer.at <= this.#now).sort((a, b) => a.at - b.at);
    for (const timer of due) {
      this.#timers.delete(timer);
      timer.task();
    }
  }

  /** Resolves when the next timer of exactly `delayMs` is set. Ask before what sets it can run. */
  asked(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.#awaited.push({ delayMs, resolve }));
  }
}
