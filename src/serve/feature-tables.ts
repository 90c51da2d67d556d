import { existsSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { type FeatureTable, parseFeatureTable } from './feature-table.ts';
import { watchFolder } from './watched-folder.ts';

/** Names of projects and tables that may stand in a path; both come from tend.yaml, which is as narrow. */
const SAFE_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,199}$/;
const FILE_NAME = /^(-?\d{1,16})\.json$/;

/**
 * Boundaries of one table that are kept, on disk and in memory: two months of days, enough for late events
 * and for a replayed month.
 */
export const BOUNDARIES_MAX = 64;
/** Numbers of one table in memory over all boundaries (32 MB); two states stay whatever their size. */
export const CELLS_MAX = 4_000_000;
const BOUNDARIES_MIN = 2;

/**
 * A boundary that has no file is not looked for again for so long: a request for a later moment costs no look
 * each.
 */
const ABSENT_MS = 50;
/** Boundaries that are looked for in that time; a client that makes up event times gets no more. */
const ABSENT_MAX = 64;

/** The states of one feature table, read from its folder as requests ask for them. */
export interface FeatureTables {
  /**
   * The newest state at or before `t` (milliseconds UTC); undefined when `t` lies before all that there are.
   * A state is there for the first request after its file was renamed into place, where it is the one at the
   * refresh boundary of `t`; others within 200 ms.
   * @param refreshMs distance of the table's boundaries; 0: they are not looked for
   */
  readonly at: (t: number, refreshMs?: number) => FeatureTable | undefined;
  readonly status: () => FeatureTablesStatus;
  readonly refresh: () => Promise<void>;
  readonly close: () => void;
}

/** What /status says of a table. */
export interface FeatureTablesStatus {
  /** States that there are; those in memory are fewer. */
  readonly boundaries: number;
  /** Moment of the newest state, or null when there is none. */
  readonly newest: number | null;
  /** Rows of the newest state in memory. */
  readonly rows: number;
  /** What was wrong with a file or with the folder when it was read last, or null. */
  readonly error: string | null;
}

/** The folder of a feature table: `<featureDir>/<project>/<table>`, its files `<at>.json`. */
export function featureTableFolder(featureDir: string, project: string, table: string): string {
  for (const name of [project, table]) {
    if (!SAFE_NAME.test(name)) throw new RangeError(`not a name that may stand in a path: ${name}`);
  }
  return path.join(featureDir, project, table);
}

/** Moments of the files in the folder of a table, newest first; none when the folder is missing. */
export async function boundariesIn(folder: string): Promise<number[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return [];
    throw cause;
  });
  const moments: number[] = [];
  for (const name of names) {
    const match = FILE_NAME.exec(name);
    if (match !== null) moments.push(Number(match[1]));
  }
  return moments.sort((a, b) => b - a);
}

/**
 * Opens a table and follows its folder. A file that does not parse is named in the status and left out. A
 * moment before the oldest state has no features: taking a later state would show the model what was not
 * known yet. `monotonic`: milliseconds.
 */
export async function openFeatureTables(
  featureDir: string,
  project: string,
  table: string,
  monotonic: () => number,
): Promise<FeatureTables> {
  const states = new States(featureTableFolder(featureDir, project, table), monotonic);
  await states.list();
  // Notices of the system would come for every file of a replay, several a boundary; the poll is enough.
  const watched = watchFolder(states.folder, () => states.list(), states.fail, 'poll');
  return {
    at: (t, refreshMs = 0) => states.at(t, refreshMs),
    status: () => states.status(),
    refresh: watched.look,
    close: watched.close,
  };
}

/** What is known of a folder, and the states that are in memory. */
class States {
  readonly folder: string;
  readonly #monotonic: () => number;
  /** Moments that have a file, newest first. */
  #known: number[] = [];
  /** By moment; null: the file is broken. */
  readonly #held = new Map<number, FeatureTable | null>();
  readonly #absent = new Set<number>();
  #absentUntil = 0;
  #error: string | null = null;

  constructor(folder: string, monotonic: () => number) {
    this.folder = folder;
    this.#monotonic = monotonic;
  }

  readonly fail = (cause: unknown): void => {
    this.#error = String(cause);
  };

  /** Looks at the folder, and takes the newest state in, so that a broken one is known of. */
  async list(): Promise<void> {
    const moments = await boundariesIn(this.folder);
    this.#known = moments.slice(0, BOUNDARIES_MAX);
    const known = new Set(this.#known);
    for (const [at, state] of this.#held) if (!known.has(at) || state === null) this.#held.delete(at);
    this.#error = null;
    this.at(Number.POSITIVE_INFINITY, 0);
  }

  at(t: number, refreshMs: number): FeatureTable | undefined {
    if (refreshMs > 0) {
      const boundary = Math.floor(t / refreshMs) * refreshMs;
      if (boundary > (this.#known[0] ?? Number.NEGATIVE_INFINITY)) this.#lookFor(boundary);
    }
    for (const at of this.#known) {
      if (at > t) continue;
      const state = this.#held.get(at);
      const found = state === undefined ? this.#load(at) : state;
      if (found !== null) return found;
    }
    return undefined;
  }

  status(): FeatureTablesStatus {
    const sound = this.#known.filter((at) => this.#held.get(at) !== null);
    const inMemory = sound.map((at) => this.#held.get(at)).find((state) => state !== undefined);
    return {
      boundaries: sound.length,
      newest: sound[0] ?? null,
      rows: inMemory?.rows ?? 0,
      error: this.#error,
    };
  }

  /** Takes a boundary up whose file has come since the last look at the folder. */
  #lookFor(boundary: number): void {
    const now = this.#monotonic();
    if (now >= this.#absentUntil) {
      this.#absent.clear();
      this.#absentUntil = now + ABSENT_MS;
    }
    if (this.#absent.has(boundary) || this.#absent.size >= ABSENT_MAX) return;
    if (existsSync(this.#file(boundary))) this.#known.unshift(boundary);
    else this.#absent.add(boundary);
  }

  #load(at: number): FeatureTable | null {
    let state: FeatureTable | null = null;
    try {
      state = parseFeatureTable(readFileSync(this.#file(at), 'utf8'));
      if (state.at !== at) throw new RangeError(`it says it is of ${state.at}`);
    } catch (cause) {
      this.#error ??= `${at}.json: ${cause instanceof Error ? cause.message : String(cause)}`;
      state = null;
    }
    this.#held.set(at, state);
    this.#evict(at);
    return state;
  }

  /** Lets go of the oldest states in memory where there are too many; their files can be read again. */
  #evict(kept: number): void {
    let cells = 0;
    for (const state of this.#held.values()) cells += sizeOf(state);
    const oldestFirst = [...this.#held.keys()].sort((a, b) => a - b);
    for (const at of oldestFirst) {
      const few =
        this.#held.size <= BOUNDARIES_MIN || (cells <= CELLS_MAX && this.#held.size <= BOUNDARIES_MAX);
      if (few) return;
      if (at === kept) continue;
      cells -= sizeOf(this.#held.get(at) ?? null);
      this.#held.delete(at);
    }
  }

  #file(at: number): string {
    return path.join(this.folder, `${at}.json`);
  }
}

function sizeOf(state: FeatureTable | null): number {
  return state === null ? 0 : state.rows * state.columns.length;
}
