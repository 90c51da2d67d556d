import type { ExecutionEvent } from './execution.ts';

/** Events kept for a subscriber that is behind; then the oldest go, as live events are hints. */
const BEHIND_MAX = 1_000;

/** Carries events to whoever listens in this process. */
export class LiveEvents {
  readonly #listeners = new Set<(event: ExecutionEvent) => void>();

  emit(event: ExecutionEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  /**
   * Events from this call on; of one execution until it ends, or of all of them until the iteration is left.
   */
  subscribe(executionId?: string): AsyncIterableIterator<ExecutionEvent> {
    const queue: ExecutionEvent[] = [];
    let wake: (() => void) | undefined;
    let ended = false;
    const end = (): void => {
      ended = true;
      this.#listeners.delete(listener);
      wake?.();
    };
    const listener = (event: ExecutionEvent): void => {
      if (executionId !== undefined && event.executionId !== executionId) return;
      if (queue.length >= BEHIND_MAX) queue.shift();
      queue.push(event);
      if (executionId !== undefined && event.kind === 'end') end();
      else wake?.();
    };
    this.#listeners.add(listener);
    return {
      [Symbol.asyncIterator]() {
        return this;
      },
      async next() {
        while (queue.length === 0 && !ended) await new Promise<void>((resolve) => (wake = resolve));
        const value = queue.shift();
        return value === undefined ? { done: true, value: undefined } : { done: false, value };
      },
      async return() {
        end();
        return { done: true, value: undefined };
      },
    };
  }
}
