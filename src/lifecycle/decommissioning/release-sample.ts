import { compileRelease } from '../../decide/release-decider.ts';
import type { ReleaseManifest } from '../../decide/release.ts';
import type { PredictionRecord } from '../../serve/prediction-record.ts';

/** A moment of a feature table and the keys that predictions looked up in it. */
export type LookedUp = ReadonlyMap<number, ReadonlyMap<string, readonly (number | string)[]>>;

/** Which states of its tables the predictions of a release need. */
export interface SampleNeeds {
  /** By the place of the table in the manifest. */
  readonly tables: readonly LookedUp[];
  /** For each prediction, the boundaries that it looks at: one for each table, NaN where it has no key. */
  readonly boundaries: readonly (readonly number[])[];
}

/** What lookups of one table found out, while it is collected. */
type Growing = Map<number, Map<string, readonly (number | string)[]>>;

/**
 * What answering some predictions again looks up. The release itself is asked: it is compiled with tables
 * that note what they are asked for. @throws INVALID_INPUT where a record's fields are not those of the
 * release.
 */
export function sampleNeeds(
  manifest: ReleaseManifest,
  modelBytes: Uint8Array,
  records: readonly PredictionRecord[],
): SampleNeeds {
  const tables: Growing[] = manifest.tables.map(() => new Map());
  let asked: number[] = [];
  const decider = compileRelease({
    manifest,
    modelBytes,
    lookup: (name, key, t) => {
      const place = manifest.tables.findIndex((table) => table.name === name);
      const refreshMs = manifest.tables[place]?.refreshMs ?? 0;
      const at = boundaryOf(t, refreshMs);
      asked[place] = at;
      const moment = tables[place]?.get(at) ?? new Map<string, readonly (number | string)[]>();
      tables[place]?.set(at, moment.set(JSON.stringify(key), [...key]));
      return null;
    },
  });
  const boundaries = records.map((record) => {
    asked = manifest.tables.map(() => Number.NaN);
    decider.prepare(ownFields(manifest, record), record.t);
    return asked;
  });
  return { tables, boundaries };
}

/** The refresh boundary at or before a moment, milliseconds UTC. */
function boundaryOf(t: number, refreshMs: number): number {
  return refreshMs > 0 ? Math.floor(t / refreshMs) * refreshMs : t;
}

/** The raw fields that the release takes: while two shared an endpoint a client sent those of both. */
export function ownFields(
  manifest: ReleaseManifest,
  { fields }: Pick<PredictionRecord, 'fields'>,
): PredictionRecord['fields'] {
  const known = new Set(manifest.fields.map((field) => field.name));
  return Object.fromEntries(Object.entries(fields).filter(([name]) => known.has(name)));
}
