import type { BlobStore } from '../../../store/blob.ts';
import { blobReferences } from '../../../store/blob-references.ts';
import type { Statement } from '../../../store/database.ts';
import { readRows, sqlText } from '../../../store/sql-text.ts';
import type { TrackingContext } from './tracking-context.ts';

/** How long a blob lies before it is deleted. Whoever put it again meanwhile has its row in place by then. */
const LIES_MS = 60 * 60 * 1_000;

/** Looked at in one sweep; those left over are the next one's. One look reads every reference there is. */
const BLOBS_MAX = 5_000;

/**
 * Notes, in the unit in which rows let go of them, that these blobs may be free. `select` gives hashes.
 * Whether anything else refers to a blob is asked when it is swept, not here.
 */
export function releaseBlobs(select: string, values: readonly unknown[], now: number): Statement {
  const sql =
    'insert into released_blob (hash, released_at) ' +
    `select distinct hash, cast(? as bigint) from (${select}) as gone ` +
    'where hash is not null on conflict (hash) do update set released_at = excluded.released_at';
  return { query: sqlText(sql, [now, ...values]) };
}

/** Notes one blob that was put and is not wanted. */
export async function releaseBlob({ db, clock }: Pick<TrackingContext, 'db' | 'clock'>, hash: string) {
  await db.commit({ statements: [releaseBlobs('select cast(? as text) as hash', [hash], clock.now())] });
}

/** Deletes what was let go of and nothing refers to. Returns how many blobs went. */
export async function sweepBlobs(
  ctx: Pick<TrackingContext, 'db' | 'clock'> & { readonly blobs: BlobStore },
  liesMs = LIES_MS,
): Promise<number> {
  const before = ctx.clock.now() - liesMs;
  const rows = await readRows<{ readonly hash: string }>(
    ctx.db,
    `select hash from released_blob where released_at <= ? order by released_at limit ${BLOBS_MAX}`,
    [before],
  );
  if (rows.length === 0) return 0;
  const hashes = rows.map(({ hash }) => hash);
  const held = await blobReferences(ctx.db, hashes);
  const settled: string[] = [];
  let count = 0;
  for (const hash of hashes) {
    if (held.has(hash)) settled.push(hash);
    else if (await ctx.blobs.deleteOlder(hash, before)) {
      settled.push(hash);
      count += 1;
    }
  }
  // One that was let go of again meanwhile stays noted.
  const sql = 'delete from released_blob where hash = ? and released_at <= ?';
  const statements = settled.map((hash) => ({ query: sqlText(sql, [hash, before]) }));
  await ctx.db.commit({ statements });
  return count;
}
