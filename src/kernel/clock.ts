/** Time as the program sees it. Injected by `main`; nothing else reads a clock. */
export interface Clock {
  /** Wall time, integer milliseconds since 1970-01-01 UTC. */
  readonly now: () => number;
  /** Milliseconds that never go backwards; only differences mean something. */
  readonly monotonic: () => number;
}

/** Randomness for ids and secrets. Algorithms take a seed instead and never touch this. */
export interface Random {
  readonly bytes: (count: number) => Uint8Array;
}
