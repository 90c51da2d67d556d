import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { makeSmallFlights } from '../examples/flights/small/make.ts';

/** A temporary folder with the small flights project; dispose of it to remove it. */
export interface SmallFlights extends Disposable {
  readonly dir: string;
  /** Changes values of its tend.yaml: the path of keys, and what shall stand there. */
  readonly change: (path: readonly (string | number)[], value: unknown) => void;
}

/** Makes the project anew, or copies one that was made before. */
export async function smallFlights(copyOf?: string): Promise<SmallFlights> {
  const dir = mkdtempSync(join(tmpdir(), 'tend-flights-'));
  if (copyOf === undefined) await makeSmallFlights(dir);
  else cpSync(copyOf, dir, { recursive: true });
  return {
    dir,
    change: (path, value) => {
      const file = join(dir, 'tend.yaml');
      const document = parseDocument(readFileSync(file, 'utf8'));
      document.setIn(path, document.createNode(value));
      writeFileSync(file, document.toString());
    },
    [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true, maxRetries: 5 }),
  };
}
