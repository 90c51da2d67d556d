/** What counts for a while: a count and a sum for each key, and when what makes them goes again. */
export interface RunningSum {
  readonly counts: readonly number[];
  readonly sums: readonly number[];
  /** Makes room for one more key. */
  readonly grow: () => void;
  /** Adds a value to a key; it goes at the first boundary at or after `until`, microseconds UTC. */
  readonly add: (key: number, value: number, until: number) => void;
  /** Takes away what goes at or before a boundary, milliseconds UTC. */
  readonly leave: (at: number) => void;
}

/** `refreshMs`: distance of the boundaries. */
export function runningSum(refreshMs: number): RunningSum {
  const counts: number[] = [];
  const sums: number[] = [];
  /** Keys, their values behind, by the boundary at which they go. */
  const going = new Map<number, number[]>();
  let next = Number.POSITIVE_INFINITY;

  const take = (list: readonly number[]): void => {
    for (let i = 0; i < list.length; i += 2) {
      const key = list[i] as number;
      counts[key] = (counts[key] as number) - 1;
      sums[key] = (sums[key] as number) - (list[i + 1] as number);
    }
  };
  return {
    counts,
    sums,
    grow: () => {
      counts.push(0);
      sums.push(0);
    },
    add: (key, value, until) => {
      counts[key] = (counts[key] as number) + 1;
      sums[key] = (sums[key] as number) + value;
      if (!Number.isFinite(until)) return;
      const boundary = firstBoundary(Math.ceil(until / 1_000), refreshMs);
      const list = going.get(boundary);
      if (list === undefined) going.set(boundary, [key, value]);
      else list.push(key, value);
      if (boundary < next) next = boundary;
    },
    leave: (at) => {
      for (; next <= at && going.size > 0; next += refreshMs) {
        const list = going.get(next);
        if (list === undefined) continue;
        going.delete(next);
        take(list);
      }
      if (going.size === 0) next = Number.POSITIVE_INFINITY;
    },
  };
}

/** The first boundary at or after a moment; of whole numbers, so that no rounding moves it. */
function firstBoundary(ms: number, refreshMs: number): number {
  const over = ((ms % refreshMs) + refreshMs) % refreshMs;
  return over === 0 ? ms : ms - over + refreshMs;
}
