import { compileRelease, type ReleaseDecider, type TableLookup } from '../decide/release-decider.ts';
import { type ReleaseManifest, releaseManifestSchema } from '../decide/release.ts';
import { TendError } from '../kernel/error.ts';
import type { BlobStore } from '../store/blob.ts';
import type { FeatureTable } from './feature-table.ts';
import type { FeatureTables } from './feature-tables.ts';

/** A release as a worker holds it: compiled, with its feature tables open. */
export interface ServedRelease {
  readonly hash: string;
  readonly decider: ReleaseDecider;
  /** Names of the raw fields. */
  readonly fieldNames: ReadonlySet<string>;
}

/** Opens the named table of a project; the same table is opened once however many releases read it. */
export type OpenTable = (project: string, table: string) => Promise<FeatureTables>;

/**
 * Reads and compiles the release whose manifest has the hash.
 * @throws NOT_FOUND or STATE_UNREADABLE where a blob is missing, damaged or no manifest; UNAVAILABLE where a
 *   table that the model needs has no state yet: answering without it would be silently worse
 */
export async function loadRelease(
  hash: string,
  blobs: BlobStore,
  openTable: OpenTable,
  monotonic: () => number,
): Promise<ServedRelease> {
  const manifest = parseManifest(hash, Buffer.from(await blobs.read(hash)).toString('utf8'));
  const modelBytes = await blobs.read(manifest.modelBlob);
  const lookups = new Map<string, ReturnType<typeof tableLookup>>();
  for (const table of manifest.tables) {
    const tables = await openTable(manifest.project, table.name);
    const { newest, error } = tables.status();
    if (newest === null) {
      throw new TendError(
        'UNAVAILABLE',
        `the feature table ${table.name} has no state: ${error ?? 'no file yet'}`,
      );
    }
    lookups.set(table.name, tableLookup(tables, table));
  }
  const lookup: TableLookup = (table, key, t) => lookups.get(table)?.(key, t) ?? null;
  const decider = compileRelease({ manifest, modelBytes, lookup });
  warmUp(decider, monotonic);
  return { hash, decider, fieldNames: new Set(manifest.fields.map((field) => field.name)) };
}

/**
 * Enough for the compiler: first answers took 1.7 ms with them and 3.8 without (medians of 3, busy
 * machine).
 */
const WARM_UP_ROUNDS = 200;
/** A slow model is as warm as it gets by then, and whoever waits for it to be ready has not given up. */
const WARM_UP_MS = 1_000;
const WARM_UP_VALUES = { number: 0, string: '', time: 0, boolean: false } as const;

/**
 * Lets a release answer before it takes traffic, on a made-up instance: a release that cannot answer at
 * all is found out before it is put in force, and whoever comes first does not wait for the compiler.
 */
function warmUp(decider: ReleaseDecider, monotonic: () => number): void {
  const { fields } = decider.manifest;
  const until = monotonic() + WARM_UP_MS;
  const instance = Object.fromEntries(fields.map(({ name, type }) => [name, WARM_UP_VALUES[type]]));
  for (let round = 0; round < WARM_UP_ROUNDS; round++) {
    decider.decide([decider.prepare(instance, 0)]);
    if (monotonic() > until) return;
  }
}

function parseManifest(hash: string, text: string) {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new TendError('STATE_UNREADABLE', `the release manifest ${hash} is not JSON`, { cause });
  }
  const parsed = releaseManifestSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const first = parsed.error.issues[0];
  const reason = first === undefined ? '' : `${first.path.join('.')}: ${first.message}`;
  throw new TendError('STATE_UNREADABLE', `the release manifest ${hash} is not one: ${reason}`);
}

/** Rows of a table with the columns in the order of the release; the file may have more, in any order. */
function tableLookup(tables: FeatureTables, table: ReleaseManifest['tables'][number]) {
  const { columns, refreshMs } = table;
  const orders = new WeakMap<FeatureTable, readonly (Float64Array | undefined)[]>();
  return (key: readonly (number | string)[], t: number): readonly number[] | null => {
    const state = tables.at(t, refreshMs);
    if (state === undefined) return null;
    const row = state.rowOf(key);
    if (row < 0) return null;
    let order = orders.get(state);
    if (order === undefined) {
      order = columns.map((name) => state.values[state.columns.indexOf(name)]);
      orders.set(state, order);
    }
    return order.map((values) => values?.[row] ?? Number.NaN);
  };
}
