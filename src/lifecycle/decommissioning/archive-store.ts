import { TendError } from '../../kernel/error.ts';
import type { Database } from '../../store/database.ts';
import type { ArchiveHead } from './archive/archive-manifest.ts';

/** An archive as it is listed. */
export interface StoredArchive {
  readonly id: string;
  readonly project: string;
  readonly kind: 'version' | 'endpoint' | 'project';
  readonly subject: string;
  /** SHA-256 of the file. */
  readonly hash: string;
  readonly sizeBytes: number;
  /** Logged predictions that it carries with their answers. */
  readonly predictions: number;
  readonly createdAt: number;
}

/** All archives, or those of a project, the latest first. */
export async function listArchives(db: Database, project?: string): Promise<StoredArchive[]> {
  const all = db.query.selectFrom('archive').selectAll().orderBy('created_at', 'desc').orderBy('id', 'desc');
  const rows = await (project === undefined ? all : all.where('project', '=', project)).execute();
  return rows.map((row) => {
    const { releases } = JSON.parse(row.manifest) as { readonly releases: ArchiveHead['releases'] };
    return {
      id: row.id,
      project: row.project,
      kind: row.kind,
      subject: row.subject,
      hash: row.blob_hash,
      sizeBytes: row.size_bytes,
      predictions: releases.reduce((sum, release) => sum + release.predictions, 0),
      createdAt: row.created_at,
    };
  });
}

/** An archive by its id. @throws NOT_FOUND. */
export async function readArchiveRow(
  db: Database,
  id: string,
): Promise<{ readonly hash: string; readonly sizeBytes: number; readonly fileName: string }> {
  const row = await db.query
    .selectFrom('archive')
    .select(['blob_hash', 'size_bytes', 'subject'])
    .where('id', '=', id)
    .executeTakeFirst();
  if (row === undefined) throw new TendError('NOT_FOUND', `there is no archive ${id}`);
  const fileName = `${row.subject.replaceAll(/[^A-Za-z0-9]+/g, '-')}.tend.tar`;
  return { hash: row.blob_hash, sizeBytes: row.size_bytes, fileName };
}
