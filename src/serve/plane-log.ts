import { writeSync } from 'node:fs';
import type { Clock } from '../kernel/clock.ts';

/** Writes one line of the plane's log. Never throws. */
export type Log = (line: string) => void;

/**
 * Lines of one process in one second: enough for whatever goes wrong, too few to fill a disk by failing
 * fast.
 */
const LINES_PER_SECOND = 20;
const STDERR = 2;

/**
 * The log of a plane: standard error, which `spawnPlane` puts into a file, with the wall time before each
 * line. Written directly: a full disk makes `process.stderr` raise an error that would end the process, and a
 * plane that cannot log still answers.
 */
export function planeLog(clock: Clock): Log {
  let second = 0;
  let lines = 0;
  return (line) => {
    const now = clock.now();
    if (Math.floor(now / 1_000) !== second) {
      second = Math.floor(now / 1_000);
      lines = 0;
    }
    lines++;
    if (lines > LINES_PER_SECOND) return;
    const text = lines === LINES_PER_SECOND ? 'more of this second is left out' : line;
    try {
      writeSync(STDERR, `${new Date(now).toISOString()} ${text}\n`);
    } catch {
      // There is no other place to say it.
    }
  };
}
