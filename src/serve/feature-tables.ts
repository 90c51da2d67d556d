import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { type FeatureTable, parseFeatureTable } from './feature-table.ts';
import { type WatchedFolder, watchFolder } from './watched-folder.ts';

/** Names of projects and tables that may stand in a path; both come from tend.yaml, which is as narrow. */
const SAFE_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,199}$/;
const FILE_NAME = /^(-?\d{1,16})\.json$/;

/** Boundaries of one table in memory: two months of days, enough for late events and for a replayed month. */
export const BOUNDARIES_MAX = 64;
/** Numbers of one table in memory over all boundaries (32 MB); the newest two stay whatever their size. */
export const CELLS_MAX = 4_000_000;
const BOUNDARIES_MIN = 2;

/** The states of one feature table that a worker holds, kept up to date from its folder. */
export interface FeatureTables {
  /**
   * The newest state at or before `t` (milliseconds UTC); undefined when `t` lies before all that are held.
   */
  readonly at: (t: number) => FeatureTable | undefined;
  readonly status: () => FeatureTablesStatus;
  readonly refresh: () => Promise<void>;
  readonly close: () => void;
}

/** What /status says of a table. */
export interface FeatureTablesStatus {
  readonly boundaries: number;
  /** Moment of the newest state, or null when there is none. */
  readonly newest: number | null;
  readonly rows: number;
  /** Why the last look at the folder failed, or null. */
  readonly error: string | null;
}

/**
 * Opens the table `<featureDir>/<project>/<table>/<at>.json`, reads what is there and follows the folder. A
 * file that does not parse is named in the status and left out. A moment before the oldest held state has no
 * features: taking a later state would show the model what was not known yet.
 */
export async function openFeatureTables(
  featureDir: string,
  project: string,
  table: string,
): Promise<FeatureTables> {
  for (const name of [project, table]) {
    if (!SAFE_NAME.test(name)) throw new RangeError(`not a name that may stand in a path: ${name}`);
  }
  const folder = path.join(featureDir, project, table);
  let held: ReadonlyMap<number, FeatureTable> = new Map();
  let error: string | null = null;

  const refresh = async (): Promise<void> => {
    const next = new Map<number, FeatureTable>();
    let cells = 0;
    let broken: string | null = null;
    for (const at of (await boundariesIn(folder)).slice(0, BOUNDARIES_MAX)) {
      if (next.size >= BOUNDARIES_MIN && cells >= CELLS_MAX) break;
      try {
        const state = held.get(at) ?? (await readTable(folder, at));
        next.set(at, state);
        cells += state.rows.size * state.columns.length;
      } catch (cause) {
        broken ??= `${at}.json: ${cause instanceof Error ? cause.message : String(cause)}`;
      }
    }
    held = next;
    error = broken;
  };

  await refresh();
  const watched: WatchedFolder = watchFolder(folder, refresh, (cause) => {
    error = String(cause);
  });
  return {
    at: (t) => newestAt(held, t),
    status: () => {
      const newest = newestAt(held, Number.POSITIVE_INFINITY);
      return { boundaries: held.size, newest: newest?.at ?? null, rows: newest?.rows.size ?? 0, error };
    },
    refresh: watched.look,
    close: watched.close,
  };
}

/** The map is in order from the newest to the oldest. */
function newestAt(held: ReadonlyMap<number, FeatureTable>, t: number): FeatureTable | undefined {
  for (const [at, state] of held) if (at <= t) return state;
  return undefined;
}

/** Moments of the files in the folder, newest first; none when the folder is missing. */
async function boundariesIn(folder: string): Promise<number[]> {
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

async function readTable(folder: string, at: number): Promise<FeatureTable> {
  const state = parseFeatureTable(await readFile(path.join(folder, `${at}.json`), 'utf8'));
  if (state.at !== at) throw new RangeError(`it says it is of ${state.at}`);
  return state;
}
