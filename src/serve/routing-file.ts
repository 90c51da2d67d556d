import path from 'node:path';

/** Where the routing snapshot of a state folder lies. */
export function routingFile(stateDir: string): string {
  return path.join(stateDir, 'serve', 'routing.json');
}
