import { createReadStream } from 'node:fs';
import { TendError } from '../../../kernel/error.ts';
import { sha256 } from '../../../kernel/hash.ts';
import type { BlobStore } from '../../../store/blob.ts';
import { readRows, sqlText } from '../../../store/sql-text.ts';
import type { ArtifactPartTable, ArtifactUploadTable } from '../../../store/tables/genai-tables.ts';
import { artifactFile, nameArtifact } from './artifact-store.ts';
import { releaseBlob, releaseBlobs } from './release-blobs.ts';
import { hex, hexId, type TrackingContext } from './tracking-context.ts';

type Context = TrackingContext & { readonly blobs: BlobStore };

/** As many as S3 takes; clients compute theirs for it. */
export const PARTS_MAX = 10_000;

/** 128 bits, which nobody guesses. */
const SECRET_BYTES = 16;

/** How long an upload may lie still before its parts are swept. */
const ABANDONED_MS = 24 * 60 * 60 * 1_000;

const CHUNK_BYTES = 1 << 18;

const PARTS_OF = 'select blob_hash as hash from artifact_part where upload_id = ?';

/** A part as its sender tells of it at the end: `etag` is what it was answered. */
export interface SentPart {
  readonly number: number;
  readonly etag: string | undefined;
}

/**
 * Begins a file that comes in parts. Whoever has the secret may send them, and nothing else: clients send
 * parts without their credentials. @throws INVALID_INPUT for the path of no file, and for too many parts
 */
export async function beginUpload(
  { db, clock, random }: TrackingContext,
  path: string,
  partCount: number,
): Promise<{ readonly id: string; readonly secret: string }> {
  const { folders, name } = artifactFile(path);
  if (partCount < 1 || partCount > PARTS_MAX)
    throw new TendError('INVALID_INPUT', `expected 1 to ${PARTS_MAX} parts, not ${partCount}`);
  const id = hexId(clock, random);
  const secret = hex(random.bytes(SECRET_BYTES));
  const sql =
    'insert into artifact_upload (id, secret_hash, path, part_count, state, moved_at) ' +
    "values (?, ?, ?, ?, 'open', ?)";
  const values = [id, sha256(secret), [...folders, name].join('/'), partCount, clock.now()];
  await db.commit({ statements: [{ query: sqlText(sql, values), expect: 1 }] });
  return { id, secret };
}

/**
 * Takes a part, in any order; one that comes again replaces the one before. Returns its etag.
 * @throws NOT_FOUND for another upload or secret; INVALID_INPUT where it is over or has no such part
 */
export async function putPart(
  ctx: Context,
  part: { readonly uploadId: string; readonly secret: string; readonly number: number },
  bytes: AsyncIterable<Uint8Array> | Uint8Array,
): Promise<string> {
  const { uploadId, number } = part;
  const upload = await findUpload(ctx, uploadId);
  if (upload === undefined || upload.secret_hash !== sha256(part.secret)) throw unknown();
  if (upload.state !== 'open') throw over(upload);
  if (!(number >= 1 && number <= upload.part_count))
    throw new TendError('INVALID_INPUT', `the upload has parts 1 to ${upload.part_count}, not ${number}`);
  const { hash, sizeBytes } = await ctx.blobs.put(bytes);
  const now = ctx.clock.now();
  const replaced = `${PARTS_OF} and number = ? and blob_hash <> ?`;
  const insert =
    'insert into artifact_part (upload_id, number, blob_hash, size_bytes) values (?, ?, ?, ?) ' +
    'on conflict (upload_id, number) do update set blob_hash = excluded.blob_hash, ' +
    'size_bytes = excluded.size_bytes';
  const move = "update artifact_upload set moved_at = ? where id = ? and state = 'open'";
  try {
    await ctx.db.commit({
      statements: [
        { query: sqlText(move, [now, uploadId]), expect: 1 },
        releaseBlobs(replaced, [uploadId, number, hash], now),
        { query: sqlText(insert, [uploadId, number, hash, sizeBytes]), expect: 1 },
      ],
    });
  } catch (error) {
    if (!(error instanceof TendError) || error.code !== 'CONFLICT') throw error;
    await releaseBlob(ctx, hash);
    throw over((await findUpload(ctx, uploadId)) ?? { state: 'aborted' });
  }
  return hash;
}

/**
 * Makes the file of its parts, which are named in any order and each once. A second time is no error.
 * @throws NOT_FOUND; INVALID_INPUT for an upload of another path or that was aborted, for a part that is
 * missing or has another etag, and for a path that cannot be one of a file
 */
export async function completeUpload(
  ctx: Context,
  path: string,
  uploadId: string,
  sent: readonly SentPart[],
): Promise<void> {
  const upload = await uploadOf(ctx, path, uploadId);
  if (upload.state === 'completed') return;
  if (upload.state !== 'open') throw over(upload);
  const parts = await readRows<ArtifactPartTable>(
    ctx.db,
    'select * from artifact_part where upload_id = ? order by number',
    [uploadId],
  );
  assertSent(upload, parts, sent);
  const whole = await ctx.blobs.put(bytesOf(ctx.blobs, parts));
  const now = ctx.clock.now();
  const close =
    "update artifact_upload set state = 'completed', moved_at = ? where id = ? and state = 'open'";
  try {
    await nameArtifact(ctx, upload.path, whole, [
      { query: sqlText(close, [now, uploadId]), expect: 1 },
      releaseBlobs(PARTS_OF, [uploadId], now),
      { query: sqlText('delete from artifact_part where upload_id = ?', [uploadId]) },
    ]);
  } catch (error) {
    // Two that complete at once: the first has done it.
    if ((await findUpload(ctx, uploadId))?.state !== 'completed') throw error;
  }
}

/** Gives an upload up and lets go of its parts; one that is over stays as it is. @throws NOT_FOUND */
export async function abortUpload(ctx: TrackingContext, path: string, uploadId: string): Promise<void> {
  const { state } = await uploadOf(ctx, path, uploadId);
  if (state !== 'open') return;
  const close = "update artifact_upload set state = 'aborted' where id = ? and state = 'open'";
  const gone = `${PARTS_OF} and exists (select 1 from artifact_upload where id = ? and state = 'aborted')`;
  const remove =
    'delete from artifact_part where upload_id = ? and exists ' +
    "(select 1 from artifact_upload where id = ? and state = 'aborted')";
  await ctx.db.commit({
    statements: [
      { query: sqlText(close, [uploadId]) },
      releaseBlobs(gone, [uploadId, uploadId], ctx.clock.now()),
      { query: sqlText(remove, [uploadId, uploadId]) },
    ],
  });
}

/** Forgets uploads that have not moved for a day, and what is left of them. */
export async function sweepUploads({ db, clock }: Pick<TrackingContext, 'db' | 'clock'>): Promise<void> {
  const now = clock.now();
  const before = [now - ABANDONED_MS];
  const old = 'select id from artifact_upload where moved_at < ?';
  if ((await readRows(db, `${old} limit 1`, before)).length === 0) return;
  const parts = `artifact_part where upload_id in (${old})`;
  await db.commit({
    statements: [
      releaseBlobs(`select blob_hash as hash from ${parts}`, before, now),
      { query: sqlText(`delete from ${parts}`, before) },
      { query: sqlText('delete from artifact_upload where moved_at < ?', before) },
    ],
  });
}

async function findUpload(
  { db }: Pick<TrackingContext, 'db'>,
  id: string,
): Promise<ArtifactUploadTable | undefined> {
  const [row] = await readRows<ArtifactUploadTable>(db, 'select * from artifact_upload where id = ?', [id]);
  return row;
}

async function uploadOf(ctx: TrackingContext, path: string, id: string): Promise<ArtifactUploadTable> {
  const { folders, name } = artifactFile(path);
  const upload = await findUpload(ctx, id);
  if (upload === undefined) throw unknown();
  if (upload.path !== [...folders, name].join('/'))
    throw new TendError('INVALID_INPUT', `this upload is not that of ${JSON.stringify(path)}`);
  return upload;
}

function assertSent(
  { part_count: count }: ArtifactUploadTable,
  parts: readonly ArtifactPartTable[],
  sent: readonly SentPart[],
): void {
  const etags = new Map(sent.map(({ number, etag }) => [number, etag?.replaceAll('"', '')]));
  if (etags.size !== sent.length) throw new TendError('INVALID_INPUT', 'a part is named twice');
  if (sent.length !== count)
    throw new TendError('INVALID_INPUT', `expected ${count} parts, ${sent.length} are named`);
  const known = new Map(parts.map((part) => [part.number, part.blob_hash]));
  for (const [number, etag] of etags) {
    const hash = known.get(number);
    if (hash === undefined) throw new TendError('INVALID_INPUT', `part ${number} has not been sent`);
    if (etag !== hash)
      throw new TendError('INVALID_INPUT', `part ${number} has another etag than the one that came last`);
  }
}

async function* bytesOf(
  blobs: BlobStore,
  parts: readonly ArtifactPartTable[],
): AsyncGenerator<Uint8Array, void, undefined> {
  for (const { blob_hash: hash } of parts)
    for await (const chunk of createReadStream(blobs.path(hash), { highWaterMark: CHUNK_BYTES })) yield chunk;
}

function unknown(): TendError {
  return new TendError('NOT_FOUND', 'No such upload, or it is long over.');
}

function over({ state }: Pick<ArtifactUploadTable, 'state'>): TendError {
  return new TendError('INVALID_INPUT', `the upload was ${state} and takes no parts any more`);
}
