import type { BlobStore } from '../../../store/blob.ts';
import { sweepUploads } from './artifact-upload.ts';
import { sweepBlobs } from './release-blobs.ts';
import type { TrackingContext } from './tracking-context.ts';

/** Forgets uploads that nobody goes on with, then deletes the bytes that nothing refers to any more. */
export async function sweepArtifacts(
  ctx: Pick<TrackingContext, 'db' | 'clock'> & { readonly blobs: BlobStore },
): Promise<void> {
  await sweepUploads(ctx);
  await sweepBlobs(ctx);
}
