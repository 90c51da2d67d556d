import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runTend, type TendOptions, type TendRun } from '../tend-process.ts';

const ROOT = join(import.meta.dirname, '../..');

/** A copy of an example in a folder of its own; disposing of it removes the folder. */
export interface ExampleCopy extends Disposable {
  readonly dir: string;
  /** Runs `tend` in the folder. */
  readonly tend: (args: readonly string[], options?: TendOptions) => Promise<TendRun>;
  /** Replaces the first occurrence of a text in tend.yaml that must be there. */
  readonly edit: (from: string, to: string) => void;
}

/** Copies `examples/<name>` without its state, to where the sources named `npm:` still resolve. */
export function copyExample(name: string): ExampleCopy {
  const cache = join(ROOT, '.cache');
  mkdirSync(cache, { recursive: true });
  const dir = mkdtempSync(join(cache, `${name}-`));
  const source = join(ROOT, 'examples', name);
  cpSync(source, dir, { recursive: true, filter: (path) => !path.startsWith(join(source, '.tend')) });
  const spec = join(dir, 'tend.yaml');
  return {
    dir,
    tend: (args, options = {}) => runTend(args, { cwd: dir, ...options }),
    edit: (from, to) => {
      const before = readFileSync(spec, 'utf8');
      if (!before.includes(from)) throw new TypeError(`tend.yaml does not hold ${from}`);
      writeFileSync(spec, before.replace(from, to));
    },
    [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true, maxRetries: 5 }),
  };
}
