import type { Arena } from './arena.ts';
import type { BinMap } from './bin-map.ts';
import type { DataLayout, WorkLayout } from './training-layout.ts';
import type { TreeKernel } from './tree-kernel.ts';
import type { TreeParams } from './tree-params.ts';

/** What growing the trees of one fit works on. */
export interface GrowContext {
  readonly arena: Arena;
  readonly kernel: TreeKernel;
  readonly data: DataLayout;
  readonly work: WorkLayout;
  readonly map: BinMap;
  readonly params: TreeParams;
}
