import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import { TendError } from '../kernel/error.ts';
import { HttpError } from './http-error.ts';

const DECODERS = {
  gzip: promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
} as const;

/**
 * The body without its `Content-Encoding`, at most `bytesMax` long: a small body that unpacks to a huge one
 * stops at the limit. @throws TOO_LARGE, INVALID_INPUT (damaged), HttpError 415 (unknown encoding)
 */
export async function decodeBody(
  body: Uint8Array,
  encoding: string | string[] | undefined,
  bytesMax: number,
): Promise<Uint8Array> {
  if (encoding === undefined || encoding === 'identity' || body.length === 0) return body;
  const decode = Object.hasOwn(DECODERS, String(encoding))
    ? DECODERS[String(encoding) as keyof typeof DECODERS]
    : undefined;
  if (decode === undefined) {
    throw new HttpError(
      415,
      'INVALID_INPUT',
      `expected Content-Encoding gzip, deflate or br, got ${String(encoding)}`,
    );
  }
  try {
    return await decode(body, { maxOutputLength: bytesMax });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ERR_BUFFER_TOO_LARGE') {
      throw new TendError('TOO_LARGE', `the body unpacks to more than ${bytesMax} bytes`, { cause: error });
    }
    throw new TendError('INVALID_INPUT', `the body is not valid ${String(encoding)}`, { cause: error });
  }
}
