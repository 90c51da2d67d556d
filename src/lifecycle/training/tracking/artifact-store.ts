import { TendError } from '../../../kernel/error.ts';
import type { BlobStore } from '../../../store/blob.ts';
import type { Database, Statement } from '../../../store/database.ts';
import { SERVER_CHAIN } from '../../../store/ledger-entry.ts';
import { readRows, sqlText } from '../../../store/sql-text.ts';
import { artifactNames, OWN_VERSIONS } from './artifact-path.ts';
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
 * nothing. One that is there is replaced.
 * @throws INVALID_INPUT for a path that is none, leads through a file, names a folder or is a version's
 */
export async function putArtifact(
  ctx: TrackingContext & { readonly blobs: BlobStore },
  path: string,
  bytes: AsyncIterable<Uint8Array> | Uint8Array,
): Promise<void> {
  const names = artifactNames(path);
  const name = names.at(-1);
  if (name === undefined || names.length > DEPTH_MAX)
    throw new TendError('INVALID_INPUT', 'expected the path of a file, 100 folders deep at most');
  if (names[0] === OWN_VERSIONS)
    throw new TendError('INVALID_INPUT', `${OWN_VERSIONS} holds versions of Tend alone`);
  const { hash, sizeBytes } = await ctx.blobs.put(bytes);
  const now = ctx.clock.now();
  const folders = names.slice(0, -1).flatMap((folder, index): Statement[] => {
    const parent = names.slice(0, index).join('/');
    return [
      {
        query: sqlText(
          'insert into artifact (parent, name, created_at) values (?, ?, ?) on conflict do nothing',
          [parent, folder, now],
        ),
      },
      {
        query: sqlText(
          'select 1 as found from artifact where parent = ? and name = ? and blob_hash is null',
          [parent, folder],
        ),
        expect: 1,
      },
    ];
  });
  const file = sqlText(
    'insert into artifact (parent, name, blob_hash, size_bytes, created_at) values (?, ?, ?, ?, ?) ' +
      'on conflict (parent, name) do update set blob_hash = excluded.blob_hash, ' +
      'size_bytes = excluded.size_bytes, created_at = excluded.created_at ' +
      'where artifact.blob_hash is not null',
    [names.slice(0, -1).join('/'), name, hash, sizeBytes, now],
  );
  try {
    await ctx.db.commit({ statements: [...folders, { query: file, expect: 1 }] });
  } catch (error) {
    if (!(error instanceof TendError) || error.code !== 'CONFLICT') throw error;
    const message = `${JSON.stringify(path)} names a folder, or leads through a file`;
    throw new TendError('INVALID_INPUT', message, { cause: error });
  }
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

/**
 * Forgets a file or a folder with all that is in it; what is not there is no error. The bytes stay until
 * nothing refers to them. @throws INVALID_INPUT
 */
export async function deleteArtifact(ctx: TrackingContext, path: string): Promise<void> {
  const names = artifactNames(path);
  if (names.length === 0) throw new TendError('INVALID_INPUT', 'expected the path of an artifact');
  const row = await rowAt(ctx.db, names);
  if (row === undefined) return;
  const statements: Statement[] = [];
  const remove = async (at: readonly string[], isFolder: boolean): Promise<void> => {
    const parent = at.slice(0, -1).join('/');
    statements.push({
      query: sqlText('delete from artifact where parent = ? and name = ?', [parent, at.at(-1)]),
    });
    if (!isFolder) return;
    for (const entry of await listFolder(ctx, at.join('/')))
      await remove([...at, entry.name], entry.isFolder);
  };
  await remove(names, row.blob_hash === null);
  const entry = {
    chain: SERVER_CHAIN,
    action: 'artifact.deleted',
    actor: ctx.actor,
    subject: names.join('/'),
  };
  await ctx.db.commit({ statements, ledger: [{ ...entry, body: { count: statements.length } }] });
}
