import { TendError } from '../../kernel/error.ts';

const PAGE_BYTES = 65_536;
/** What 32-bit addresses reach. */
const PAGES_MAX = 65_536;

/** The part of the platform's WebAssembly that is used here; the `node` types do not declare it. */
interface WasmPlatform {
  readonly Memory: new (limits: { initial: number; maximum: number; shared: true }) => WasmMemory;
  readonly Module: new (bytes: Uint8Array) => WasmModule;
  readonly Instance: new (module: WasmModule, imports: object) => { readonly exports: object };
}
/** `WebAssembly.Memory`, shared. */
export interface WasmMemory {
  readonly buffer: SharedArrayBuffer;
}
/** `WebAssembly.Module`. */
export interface WasmModule {
  readonly [brand: symbol]: never;
}
/** The platform's WebAssembly. */
export const wasm = (globalThis as unknown as { readonly WebAssembly: WasmPlatform }).WebAssembly;

/** One linear memory and its views. All threads of a fit see the same one. */
export interface Arena {
  readonly memory: WasmMemory;
  readonly u8: Uint8Array;
  readonly u32: Uint32Array;
  readonly f32: Float32Array;
  readonly f64: Float64Array;
}

/** A zeroed memory of at least `bytes`. @throws TOO_LARGE above 4 GB. */
export function createArena(bytes: number): Arena {
  const pages = Math.max(1, Math.ceil(bytes / PAGE_BYTES));
  if (pages > PAGES_MAX) {
    const megabytes = Math.ceil(bytes / 2 ** 20);
    throw new TendError(
      'TOO_LARGE',
      `expected training to need 4096 MB for bins, gradients and histograms at most, got ${megabytes} MB`,
      { hint: 'Train on fewer rows or features, or with fewer workers.' },
    );
  }
  return arenaOf(new wasm.Memory({ initial: pages, maximum: pages, shared: true }));
}

/** The views of a memory, for instance one that another thread made. */
export function arenaOf(memory: WasmMemory): Arena {
  const { buffer } = memory;
  return {
    memory,
    u8: new Uint8Array(buffer),
    u32: new Uint32Array(buffer),
    f32: new Float32Array(buffer),
    f64: new Float64Array(buffer),
  };
}

/** The next address at which a v128 is aligned. */
export function align(address: number): number {
  return Math.ceil(address / 16) * 16;
}
