import { strict as assert } from 'node:assert';
import type { GrowContext } from './grow-context.ts';
import type { Leaf } from './leaf.ts';

/**
 * Hands out the histogram slots of one fit. When all are taken, the leaf least likely to be split loses its
 * own.
 */
export interface HistogramPool {
  /** A free slot; its cells are not cleared. `holders` are the leaves that may lose theirs. */
  readonly take: (holders: readonly Leaf[]) => number;
  readonly release: (slot: number) => void;
  /** Address of a slot. */
  readonly address: (slot: number) => number;
  /** The cells of a slot: gradient, hessian, and so on. */
  readonly cells: (slot: number) => Float64Array;
}

/** A pool over all slots of the layout, every one free. */
export function histogramPool({ arena, work }: GrowContext): HistogramPool {
  const free = Array.from({ length: work.slots }, (_, i) => work.slots - 1 - i);
  const address = (slot: number): number => work.histograms + slot * work.cellCount * 16;
  const views = Array.from({ length: work.slots }, (_, slot) =>
    arena.f64.subarray(address(slot) / 8, address(slot) / 8 + work.cellCount * 2),
  );
  const take = (holders: readonly Leaf[]): number => {
    const slot = free.pop();
    if (slot !== undefined) return slot;
    const loser = holders.reduce<Leaf | null>((least, leaf) => {
      if (leaf.slot < 0 || leaf.split === null) return least;
      return least?.split && least.split.gain < leaf.split.gain ? least : leaf;
    }, null);
    assert(loser !== null, 'every slot is held by a leaf that can be split');
    const taken = loser.slot;
    loser.slot = -1;
    return taken;
  };
  const cells = (slot: number): Float64Array => {
    const view = views[slot];
    assert(view !== undefined, `slot ${slot} is one of ${work.slots}`);
    return view;
  };
  return { take, release: (slot) => void (slot >= 0 && free.push(slot)), address, cells };
}
