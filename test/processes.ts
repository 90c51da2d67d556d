import { execFileSync } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';

/** Pids of the living processes whose command line holds `text`. */
export function processesNaming(text: string): number[] {
  const lines = execFileSync('ps', ['-axww', '-o', 'pid=,stat=,args='], { encoding: 'utf8' }).split('\n');
  return lines
    .map((line) => /^\s*(\d+)\s+(\S+)\s+(.*)$/.exec(line))
    .flatMap((found) =>
      found?.[2]?.startsWith('Z') === false && found[3]?.includes(text) ? [Number(found[1])] : [],
    )
    .filter((pid) => pid !== process.pid);
}

/** Polls until `holds` is true. @throws Error saying `what` when it is not after `withinMs`. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  withinMs = 60_000,
): Promise<void> {
  const end = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`${what}: not so after ${withinMs} ms`);
    await delay(50);
  }
}
