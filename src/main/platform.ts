import { randomFillSync } from 'node:crypto';
import { arch, availableParallelism, cpus, platform, release, totalmem } from 'node:os';
import type { Clock, Random } from '../kernel/clock.ts';
import type { JsonObject } from '../kernel/json.ts';
import { VERSION } from './version.ts';

/** The real clock. */
export const systemClock: Clock = { now: () => Date.now(), monotonic: () => performance.now() };

/** The system's own source of randomness. */
export const systemRandom: Random = { bytes: (count) => randomFillSync(new Uint8Array(count)) };

/** What a run records of the machine that made it. */
export function environmentFacts(): JsonObject {
  return {
    tend: VERSION,
    node: process.versions.node,
    sqlite: process.versions.sqlite ?? null,
    platform: `${platform()} ${release()} ${arch()}`,
    processor: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memory_bytes: totalmem(),
  };
}

/** Threads for training: one for each core. */
export function trainingThreads(): number {
  return Math.max(1, availableParallelism());
}
