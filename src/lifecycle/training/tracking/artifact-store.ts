import { TendError } from '../../../kernel/error.ts';
import type { BlobRef, BlobStore } from '../../../store/blob.ts';
import type { Database, Statement } from '../../../store/database.ts';
import { SERVER_CHAIN } from '../../../store/ledger-entry.ts';
import { readRows, sqlText } from '../../../store/sql-text.ts';
import { artifactNames, OWN_VERSIONS } from './artifact-path.ts';
import { releaseBlob, releaseBlobs } from './release-blobs.ts';
import type { TrackingContext } from './tracking-context.ts';

/** A file or a folder in a folder. */
export interface ArtifactEntry {
  readonly name: string;
  readonly isFolder: boolean;
  readonly sizeBytes: number | null;
}

/** A file: where its bytes are. */
export interface ArtifactFile {
  readonly name: string;
  readonly hash: string;
  readonly sizeBytes: number;
}

interface Row {
  readonly name: string;
  readonly blob_hash: string | null;
  readonly size_bytes: number | null;
}

type Reader = Pick<TrackingContext, 'db'>;

/** Statements insert a row for each folder on the way; deeper paths are no artifacts. */
const DEPTH_MAX = 100;

/**
 * Stores a file under a path: bytes first, then the row that names them, so that what is cut off leaves
 * nothing. One that is there is replaced, and its bytes are let go of.
 * @throws INVALID_INPUT for a path that is none, leads through a file or names a folder or is a version's
 */
export async function putArtifact(
  ctx: TrackingContext & { readonly blobs: BlobStore },
  path: string,
  bytes: AsyncIterable<Uint8Array> | Uint8Array,
): Promise<void> {
  artifactFile(path);
  await nameArtifact(ctx, path, await ctx.blobs.put(bytes));
}

/** Folders and name of the file that a path is for. @throws INVALID_INPUT for the path of none */
export function artifactFile(path: string): { readonly folders: readonly string[]; readonly name: string } {
  const names = artifactNames(path);
  const name = names.at(-1);
  if (name === undefined || names.length > DEPTH_MAX)
    throw new TendError('INVALID_INPUT', 'expected the path of a file, 100 folders deep at most');
  if (names[0] === OWN_VERSIONS)
    throw new TendError('INVALID_INPUT', `${OWN_VERSIONS} holds versions of Tend alone`);
  return { folders: names.slice(0, -1), name };
}

/**
 * Gives bytes that were put the path of a file, in one unit with `more`; where that cannot be, they are let
 * go of. @throws INVALID_INPUT for a path that leads through a file or names a folder
 */
export async function nameArtifact(
  ctx: TrackingContext,
  path: string,
  { hash, sizeBytes }: BlobRef,
  more: readonly Statement[] = [],
): Promise<void> {
  const { folders, name } = artifactFile(path);
  const now = ctx.clock.now();
  const parent = folders.join('/');
  const replaced = releaseBlobs(
    'select blob_hash as hash from artifact where parent = ? and name = ? and blob_hash <> ?',
    [parent, name, hash],
    now,
  );
  const file = sqlText(
    'insert into artifact (parent, name, blob_hash, size_bytes, created_at) values (?, ?, ?, ?, ?) ' +
      'on conflict (parent, name) do update set blob_hash = excluded.blob_hash, ' +
      'size_bytes = excluded.size_bytes, created_at = excluded.created_at ' +
      'where artifact.blob_hash is not null',
    [parent, name, hash, sizeBytes, now],
  );
  const statements = [...makeFolders(folders, now), replaced, { query: file, expect: 1 }, ...more];
  try {
    await ctx.db.commit({ statements });
  } catch (error) {
    if (!(error instanceof TendError) || error.code !== 'CONFLICT') throw error;
    await releaseBlob(ctx, hash);
    const message = `${JSON.stringify(path)} names a folder, or leads through a file`;
    throw new TendError('INVALID_INPUT', message, { cause: error });
  }
}

/** Makes the folders on the way that are not there, and holds that none of them is a file. */
function makeFolders(folders: readonly string[], now: number): readonly Statement[] {
  return folders.flatMap((folder, index): Statement[] => {
    const parent = folders.slice(0, index).join('/');
    const make = 'insert into artifact (parent, name, created_at) values (?, ?, ?) on conflict do nothing';
    const look = 'select 1 as found from artifact where parent = ? and name = ? and blob_hash is null';
    return [
      { query: sqlText(make, [parent, folder, now]) },
      { query: sqlText(look, [parent, folder]), expect: 1 },
    ];
  });
}

/** The file at a path. @throws NOT_FOUND; INVALID_INPUT for a path that is none */
export async function findArtifact({ db }: Reader, path: string): Promise<ArtifactFile> {
  const row = await rowAt(db, artifactNames(path));
  if (row === undefined || row.blob_hash === null)
    throw new TendError('NOT_FOUND', `No such artifact: ${JSON.stringify(path)}`);
  return { name: row.name, hash: row.blob_hash, sizeBytes: row.size_bytes ?? 0 };
}

async function rowAt(db: Database, names: readonly string[]): Promise<Row | undefined> {
  const [row] = await readRows<Row>(
    db,
    'select name, blob_hash, size_bytes from artifact where parent = ? and name = ?',
    [names.slice(0, -1).join('/'), names.at(-1) ?? ''],
  );
  return row;
}

/** What lies in a folder, by name; nothing for a file and for what is not there. @throws INVALID_INPUT */
export async function listFolder({ db }: Reader, path: string): Promise<readonly ArtifactEntry[]> {
  const rows = await readRows<Row>(
    db,
    'select name, blob_hash, size_bytes from artifact where parent = ? order by name',
    [artifactNames(path).join('/')],
  );
  return rows
    .filter(({ name }) => name !== '')
    .map((row) => ({ name: row.name, isFolder: row.blob_hash === null, sizeBytes: row.size_bytes }));
}

/** The folder at a path and all folders in it, as `folder (path)`. */
const FOLDERS_BELOW =
  'with recursive folder (path) as (select cast(? as text) union all ' +
  "select folder.path || '/' || artifact.name from folder join artifact on artifact.parent = folder.path " +
  'where artifact.blob_hash is null)';

/** That file or folder, and what lies in the folder; a file has nothing below it. */
const ALL_OF_IT = '((parent = ? and name = ?) or parent in (select path from folder))';

/**
 * Forgets a file or a folder with all that is in it, and lets go of the bytes; what is not there is no
 * error. @throws INVALID_INPUT
 */
export async function deleteArtifact(ctx: TrackingContext, path: string): Promise<void> {
  const names = artifactNames(path);
  if (names.length === 0) throw new TendError('INVALID_INPUT', 'expected the path of an artifact');
  const subject = names.join('/');
  const values = [subject, names.slice(0, -1).join('/'), names.at(-1) ?? ''];
  const [found] = await readRows<{ readonly count: number }>(
    ctx.db,
    `${FOLDERS_BELOW} select count(*) as count from artifact where ${ALL_OF_IT}`,
    values,
  );
  const count = found?.count ?? 0;
  if (count === 0) return;
  const gone = `${FOLDERS_BELOW} select blob_hash as hash from artifact where ${ALL_OF_IT}`;
  const remove = `${FOLDERS_BELOW} delete from artifact where ${ALL_OF_IT}`;
  const entry = { chain: SERVER_CHAIN, action: 'artifact.deleted', actor: ctx.actor, subject };
  await ctx.db.commit({
    statements: [releaseBlobs(gone, values, ctx.clock.now()), { query: sqlText(remove, values) }],
    ledger: [{ ...entry, body: { count } }],
  });
}
