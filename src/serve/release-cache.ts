import { openBlobStore } from '../store/blob.ts';
import { type FeatureTables, type FeatureTablesStatus, openFeatureTables } from './feature-tables.ts';
import type { RoutingSnapshot } from './routing.ts';
import { loadRelease, type ServedRelease } from './served-release.ts';

/** The compiled releases and open feature tables of a worker. */
export interface ReleaseCache {
  /** Every release of the snapshot by hash, loading those that are not held. @throws as `loadRelease`. */
  readonly load: (snapshot: RoutingSnapshot) => Promise<ReadonlyMap<string, ServedRelease>>;
  /** Forgets what none of the snapshots names. */
  readonly keep: (snapshots: readonly RoutingSnapshot[]) => void;
  readonly tables: () => Record<string, FeatureTablesStatus>;
  readonly close: () => void;
}

/** An empty cache. Blobs and tables are found where the snapshot says; `monotonic` bounds the warming up. */
export function openReleaseCache(monotonic: () => number): ReleaseCache {
  const releases = new Map<string, ServedRelease>();
  const tables = new Map<string, FeatureTables>();
  const load = async (snapshot: RoutingSnapshot): Promise<ReadonlyMap<string, ServedRelease>> => {
    const blobs = openBlobStore(snapshot.blobDir);
    const openTable = async (project: string, table: string): Promise<FeatureTables> => {
      const key = JSON.stringify([snapshot.featureDir, project, table]);
      const open =
        tables.get(key) ?? (await openFeatureTables(snapshot.featureDir, project, table, monotonic));
      tables.set(key, open);
      return open;
    };
    const loaded = new Map<string, ServedRelease>();
    for (const hash of hashesOf(snapshot)) {
      const key = releaseKey(snapshot, hash);
      const release = releases.get(key) ?? (await loadRelease(hash, blobs, openTable, monotonic));
      releases.set(key, release);
      loaded.set(hash, release);
    }
    return loaded;
  };
  const keep = (snapshots: readonly RoutingSnapshot[]): void => {
    const kept = new Set(snapshots.flatMap((one) => [...hashesOf(one)].map((hash) => releaseKey(one, hash))));
    const used = new Set<string>();
    for (const [key, release] of releases) {
      if (!kept.has(key)) releases.delete(key);
      const { project, tables: names } = release.decider.manifest;
      const [featureDir] = JSON.parse(key) as [string, string];
      if (kept.has(key)) for (const { name } of names) used.add(JSON.stringify([featureDir, project, name]));
    }
    for (const [key, open] of tables) {
      if (used.has(key)) continue;
      open.close();
      tables.delete(key);
    }
  };
  return {
    load,
    keep,
    tables: () => Object.fromEntries([...tables].map(([key, open]) => [tableName(key), open.status()])),
    close: () => {
      for (const open of tables.values()) open.close();
    },
  };
}

function hashesOf(snapshot: RoutingSnapshot): Set<string> {
  return new Set(snapshot.endpoints.flatMap((endpoint) => endpoint.routes.map((route) => route.releaseHash)));
}

/** A release reads its tables where the snapshot says, so another folder makes it another one. */
function releaseKey(snapshot: RoutingSnapshot, hash: string): string {
  return JSON.stringify([snapshot.featureDir, hash]);
}

function tableName(key: string): string {
  const [, project, table] = JSON.parse(key) as [string, string, string];
  return `${project}/${table}`;
}
