/**
 * A token bucket: `perSecond` tokens a second, saved up for one second at most and for one token at least.
 * What is asked for may be more than there is as long as there is some: the bucket then owes it, so that
 * batches of any size pass and the rate holds over time.
 */
export class Throttle {
  readonly perSecond: number;
  #tokens: number;
  /** Monotonic milliseconds of the last look; undefined before the first. */
  #at: number | undefined;

  constructor(perSecond: number) {
    this.perSecond = perSecond;
    this.#tokens = Math.max(1, perSecond);
  }

  /**
   * Takes `count` tokens. @param now monotonic milliseconds
   * @returns 0, or the seconds after which asking again is worth it, at least; nothing is taken then
   */
  take(count: number, now: number): number {
    const gained = ((now - (this.#at ?? now)) / 1_000) * this.perSecond;
    this.#at = now;
    this.#tokens = Math.min(Math.max(1, this.perSecond), this.#tokens + gained);
    // A whole token may be a rounding error away from there.
    if (this.#tokens < 1 - 1e-9) return (1 - this.#tokens) / this.perSecond;
    this.#tokens -= count;
    return 0;
  }
}
