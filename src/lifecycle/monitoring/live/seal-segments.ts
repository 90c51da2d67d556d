import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sqlText } from '../../../table/sql-name.ts';
import { storeRows } from '../../data/index.ts';
import type { LifecycleContext } from '../../stage-scope.ts';
import { logParts, logPartUnit } from './log-parts.ts';

/** Groups of rows in a part: an id is found by the bounds of the groups, and one group is read for it. */
const GROUP_ROWS = 4_096;

/** A record as the reader takes it; raw fields and inputs stay JSON, since releases differ in them. */
const COLUMNS = `{'id': 'VARCHAR', 'key': 'JSON', 'at': 'BIGINT', 't': 'BIGINT', 'endpoint': 'VARCHAR',
  'release': 'VARCHAR', 'version': 'VARCHAR', 'fields': 'JSON', 'features': 'JSON', 'prediction': 'DOUBLE',
  'latencyUs': 'BIGINT', 'error': 'BOOLEAN'}`;

/** Folder of the prediction segments. */
export function segmentFolder(stateDir: string): string {
  return join(stateDir, 'segments');
}

/**
 * Turns segment files that no worker writes to any more into Parquet blobs, and removes them. A worker
 * writes to its newest file alone, so every older one is complete. A kill before the removal leaves a file
 * whose part is known: the next call removes it. `forget`: called before a file goes; who follows the file
 * reads the rest of it then.
 * @returns how many predictions were sealed
 */
export async function sealSegments(
  ctx: Pick<LifecycleContext, 'db' | 'tables' | 'blobs' | 'stateDir' | 'clock' | 'random'>,
  of: {
    readonly project: string;
    readonly endpoint: string;
    readonly forget: (file: string) => void | Promise<void>;
  },
): Promise<number> {
  const folder = join(segmentFolder(ctx.stateDir), of.endpoint);
  const sealed = new Set(
    (await logParts(ctx.db, { kind: 'predictions', endpoint: of.endpoint })).map((part) => part.name),
  );
  let total = 0;
  for (const file of completeSegments(folder)) {
    const full = join(folder, file);
    if (!sealed.has(file)) total += await sealOne(ctx, { ...of, file, full });
    await of.forget(file);
    rmSync(full, { force: true });
  }
  return total;
}

/** All files but the newest of each worker, in the order of writing. */
export function completeSegments(folder: string): string[] {
  const newest = new Map<string, string>();
  const names = segmentOrder(folder);
  for (const { name, worker } of names) newest.set(worker, name);
  return names.filter(({ name, worker }) => newest.get(worker) !== name).map(({ name }) => name);
}

function segmentOrder(folder: string): { readonly name: string; readonly worker: string }[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  return names
    .flatMap((name) => {
      const [, day, worker, n] = /^(\d{8})-(\d+)-(\d+)\.jsonl$/.exec(name) ?? [];
      return day === undefined || worker === undefined ? [] : [{ name, worker, day, n: Number(n) }];
    })
    .sort((a, b) => a.day.localeCompare(b.day) || a.n - b.n);
}

async function sealOne(
  ctx: Parameters<typeof sealSegments>[0],
  { project, endpoint, file, full }: { project: string; endpoint: string; file: string; full: string },
): Promise<number> {
  await using session = await ctx.tables.session();
  const wellFormed = wellFormedCopy(ctx, full);
  const how = `format = 'newline_delimited', columns = ${COLUMNS}, ignore_errors = true`;
  const lines = `read_json(${sqlText(wellFormed ?? full)}, ${how})`;
  await session.run(`CREATE TABLE sealed AS SELECT * FROM ${lines} WHERE id IS NOT NULL`);
  if (wellFormed !== undefined) rmSync(wellFormed, { force: true });
  const [facts] = await session.rows(
    `SELECT count(*) AS n, min(t) AS from_at, max(t) AS to_at, min(id) AS id_min, max(id) AS id_max
     FROM sealed`,
  );
  const rows = Number(facts?.n);
  if (rows === 0) return 0;
  const blob = await storeRows(ctx, session, 'SELECT * FROM sealed ORDER BY id', GROUP_ROWS);
  await ctx.db.commit(
    logPartUnit(ctx, {
      project,
      endpoint,
      kind: 'predictions',
      name: file,
      from_at: Number(facts?.from_at),
      to_at: Number(facts?.to_at),
      id_min: String(facts?.id_min),
      id_max: String(facts?.id_max),
      row_count: rows,
      blob_hash: blob,
    }),
  );
  return rows;
}

/** An escape of half a character outside of the basic plane, alone: JSON.stringify writes no other ones. */
const LONE_SURROGATE = /(?<!\\)((?:\\\\)*)\\u[dD][89a-fA-F][0-9a-fA-F]{2}/g;

/**
 * A copy without texts that are none: the engine refuses a whole line for half a character in it. Undefined
 * where there are none, which is all but always.
 */
function wellFormedCopy(
  ctx: Pick<LifecycleContext, 'stateDir' | 'random'>,
  full: string,
): string | undefined {
  const bytes = readFileSync(full);
  if (!bytes.includes('\\ud')) return undefined;
  const folder = join(ctx.stateDir, 'scratch');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const copy = join(folder, `${Buffer.from(ctx.random.bytes(12)).toString('hex')}.jsonl`);
  writeFileSync(copy, bytes.toString('utf8').replace(LONE_SURROGATE, '$1\\ufffd'), { mode: 0o600 });
  return copy;
}
