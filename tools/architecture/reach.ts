import type { Import } from './imports-of.ts';
import { isForTests } from './layers.ts';

/** What a serving process must never load: it works while the control database is away. */
const FORBIDDEN = /^src\/store\/database(?:\.ts$|\/)|^(?:kysely|pg|node:sqlite|fastify)$|^@duckdb\//;

/**
 * The shortest chain of imports from a file of src/serve to each thing that serving must not reach, as
 * `a.ts → b.ts → kysely`. Tests of serve are no part of a serving process.
 */
export function forbiddenChains(imports: readonly Import[]): string[] {
  const targets = Map.groupBy(imports, ({ from }) => from);
  const starts = [...targets.keys()].filter((path) => path.startsWith('src/serve/') && !isForTests(path));
  const cameFrom = new Map<string, string | undefined>(starts.map((path) => [path, undefined]));
  const queue = [...starts];
  for (const path of queue) {
    for (const { to } of targets.get(path) ?? []) {
      if (cameFrom.has(to)) continue;
      cameFrom.set(to, path);
      queue.push(to);
    }
  }
  return queue.filter((path) => FORBIDDEN.test(path)).map((path) => chainTo(path, cameFrom));
}

function chainTo(path: string, cameFrom: ReadonlyMap<string, string | undefined>): string {
  const chain = [path];
  for (let before = cameFrom.get(path); before !== undefined; before = cameFrom.get(before))
    chain.unshift(before);
  return chain.join(' → ');
}
