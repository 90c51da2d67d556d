import { readFileSync } from 'node:fs';
import { type Arena, wasm } from './arena.ts';
import type { TreeKernel } from './tree-kernel.ts';

/** The compiled kernel (`tools/build-wasm.js`), bound to the arena. About 0.2 ms. */
export function wasmKernel(arena: Arena): TreeKernel {
  const module = new wasm.Module(readFileSync(new URL('./kernel.wasm', import.meta.url)));
  const { exports } = new wasm.Instance(module, { env: { memory: arena.memory } });
  // the test that rebuilds the kernel from its source holds this to what the source exports
  return exports as TreeKernel;
}
