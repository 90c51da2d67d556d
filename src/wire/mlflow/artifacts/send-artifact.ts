import { createReadStream } from 'node:fs';
import type { RouteRequest, RouteResponse } from '../../../kernel/route.ts';
import { findVersionFile, isOwnVersion } from '../../../lifecycle/training/registry/version-files.ts';
import { findArtifact } from '../../../lifecycle/training/tracking/artifact-store.ts';
import type { MlflowPorts } from '../mlflow-context.ts';
import { byteRange } from './byte-range.ts';

/** Read from disk at once while a file is sent. */
const CHUNK_BYTES = 1 << 18;

/**
 * As a file to keep, never as a page of this origin: a browser must run nothing that somebody uploaded. A
 * range that is asked for is sent alone, so that a download may go on where it was cut off.
 */
export async function sendArtifact(
  ports: MlflowPorts,
  path: string,
  asked: RouteRequest['headers'],
): Promise<RouteResponse> {
  const find = isOwnVersion(path) ? findVersionFile : findArtifact;
  const { name, hash, sizeBytes } = await find(ports, path);
  const etag = `"${hash}"`;
  const range = (asked['if-range'] ?? etag) === etag ? byteRange(asked['range'], sizeBytes) : 'all';
  const headers = {
    'content-type': 'application/octet-stream',
    'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name)}`,
    'content-security-policy': "sandbox; default-src 'none'",
    'x-content-type-options': 'nosniff',
    'accept-ranges': 'bytes',
    etag,
  };
  if (range === 'none')
    return { status: 416, headers: { ...headers, 'content-range': `bytes */${sizeBytes}` } };
  const file = ports.blobs.path(hash);
  if (range === 'all') {
    const body = createReadStream(file, { highWaterMark: CHUNK_BYTES });
    return { status: 200, headers: { ...headers, 'content-length': String(sizeBytes) }, body };
  }
  return {
    status: 206,
    headers: {
      ...headers,
      'content-length': String(range.end - range.start + 1),
      'content-range': `bytes ${range.start}-${range.end}/${sizeBytes}`,
    },
    body: createReadStream(file, { ...range, highWaterMark: CHUNK_BYTES }),
  };
}
