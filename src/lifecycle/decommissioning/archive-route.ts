import { createReadStream } from 'node:fs';
import { TendError } from '../../kernel/error.ts';
import type { Route } from '../../kernel/route.ts';
import type { BlobStore } from '../../store/blob.ts';
import type { Database } from '../../store/database.ts';
import { readArchiveRow } from './archive-store.ts';

/** The file of an archive, for whoever downloads it by a link or a script. */
export function archiveRoute(ctx: { readonly db: Database; readonly blobs: BlobStore }): Route {
  return {
    method: 'GET',
    path: '/api/tend/v1/archives/{id}/file',
    permission: 'archive.write',
    bodyBytesMax: 1_024,
    handler: async ({ params }) => {
      try {
        const { hash, sizeBytes, fileName } = await readArchiveRow(ctx.db, params['id'] ?? '');
        const path = ctx.blobs.path(hash);
        return {
          status: 200,
          headers: {
            'content-type': 'application/x-tar',
            'content-length': String(sizeBytes),
            'content-disposition': `attachment; filename="${fileName}"`,
            etag: `"${hash}"`,
          },
          body: createReadStream(path),
        };
      } catch (error) {
        if (!(error instanceof TendError) || error.code !== 'NOT_FOUND') throw error;
        const problem = { title: error.message, status: 404, code: error.code, hint: error.hint };
        return {
          status: 404,
          headers: { 'content-type': 'application/problem+json' },
          body: JSON.stringify(problem),
        };
      }
    },
  };
}
