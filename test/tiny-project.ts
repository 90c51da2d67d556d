import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTend, type TendOptions, type TendRun } from './tend-process.ts';

/** A project of a few hundred rows in a folder of its own; one `apply` of it takes some two seconds. */
export interface TinyProject extends Disposable {
  readonly dir: string;
  /** Runs `tend` in the folder. */
  readonly tend: (args: readonly string[], options?: TendOptions) => Promise<TendRun>;
  readonly read: (file: string) => string;
  readonly write: (file: string, text: string | Uint8Array) => void;
  /** Replaces the first occurrence of a text of a file that must be there. */
  readonly edit: (file: string, from: string | RegExp, to: string) => void;
  /** The folder with its state, once more: for a test that goes its own way from here. */
  readonly copy: () => TinyProject;
}

/** Rows of examples: enough for a test part of some 80 rows, in which every group of `c` occurs. */
const ROWS = 400;

/** Makes a tiny project: `y` follows from the fields `x1`, `x2` (numbers) and `c` (a, b or c). */
export function tinyProject(kind: 'classification' | 'regression'): TinyProject {
  const dir = mkdtempSync(join(tmpdir(), 'tend-tiny-'));
  for (const [name, text] of Object.entries(tinyFiles(kind))) writeFileSync(join(dir, name), text);
  return openProject(dir);
}

/** An empty folder to work in. */
export function emptyProject(): TinyProject {
  return openProject(mkdtempSync(join(tmpdir(), 'tend-empty-')));
}

function openProject(dir: string): TinyProject {
  const read = (file: string): string => readFileSync(join(dir, file), 'utf8');
  return {
    dir,
    tend: (args, options = {}) => runTend(args, { cwd: dir, ...options }),
    read,
    write: (file, text) => writeFileSync(join(dir, file), text),
    edit: (file, from, to) => {
      const before = read(file);
      const after = before.replace(from, to);
      if (after === before) throw new TypeError(`${file} does not hold ${from}`);
      writeFileSync(join(dir, file), after);
    },
    copy: () => {
      const other = mkdtempSync(join(tmpdir(), 'tend-copy-'));
      cpSync(dir, other, { recursive: true });
      return openProject(other);
    },
    [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }),
  };
}

/** The files of a tiny project by name. */
export function tinyFiles(kind: 'classification' | 'regression'): Record<string, string> {
  return {
    'tend.yaml': spec(kind),
    'request.sql': 'select x1, x2, c from examples\n',
    'outcome.sql': 'select y from examples\n',
    'examples.csv': examples(kind),
  };
}

/** One request that the model of a tiny project answers. */
export const TINY_REQUEST = { x1: 0.5, x2: 0.25, c: 'a' } as const;

function spec(kind: 'classification' | 'regression'): string {
  const metric = kind === 'regression' ? 'rmse' : 'log_loss';
  return `apiVersion: tend/v1
name: tiny
owner: team@example.com
kind: ${kind}
problem:
  statement: What is y, given what is known of a row?
  stakeholders: { owner: team }
  objective: Fewer surprises.
  risk: { level: minimal, reason: Nobody is scored. }
  baseline: { constant: mean }
  criteria:
    - { id: accurate, metric: ${metric}, at_most: baseline - 0.05, on: test }
    - { id: fast, metric: latency_p99, at_most: 5s }
  requires: { rows: 100 }
data:
  sources:
    examples: { type: csv, uri: examples.csv }
  contract:
    examples:
      - { column: y, not_null: true }
      - { column: x1, between: [0, 1], severity: warn }
  features: { request: request.sql, outcome: outcome.sql, target: y }
split: { by: hash, validation: 0.2, test: 0.2 }
training: { engine: builtin, trials: 2, rounds: 30, seed: 1 }
testing: { load: { rate: 50/s, for: 200ms }, privacy: { membership_auc: { at_most: 0.8 } } }
deployment: { endpoint: tiny, rollout: all-at-once }
`;
}

function examples(kind: 'classification' | 'regression'): string {
  const next = uniform(7);
  const lines = Array.from({ length: ROWS }, () => {
    const [x1, x2] = [next(), next()];
    const c = 'abc'[Math.floor(next() * 3)] ?? 'a';
    const value = 3 * x1 - 2 * x2 + (c === 'a' ? 1 : 0) + 0.1 * next();
    const y = kind === 'regression' ? value.toFixed(4) : String(value > 0.9);
    return `${x1.toFixed(4)},${x2.toFixed(4)},${c},${y}`;
  });
  return `x1,x2,c,y\n${lines.join('\n')}\n`;
}

/** Uniform in [0, 1), the same for the same seed (constants of Numerical Recipes' ranqd1). */
function uniform(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
