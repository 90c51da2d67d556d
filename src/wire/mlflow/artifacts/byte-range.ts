/** The first and the last byte that are asked for; `all` of them, or `none` that the file has. */
export type ByteRange = { readonly start: number; readonly end: number } | 'all' | 'none';

/**
 * What a Range header asks for of a file (RFC 9110, section 14.1.2). One range alone; several, and what is
 * none, are answered with the whole file, as the specification allows.
 */
export function byteRange(header: string | string[] | undefined, sizeBytes: number): ByteRange {
  const [, first = '', last = ''] =
    /^bytes=(\d{0,15})-(\d{0,15})$/.exec(typeof header === 'string' ? header.trim() : '') ?? [];
  if (first === '' && last === '') return 'all';
  if (first === '') {
    const suffix = Number(last);
    return suffix === 0 || sizeBytes === 0
      ? 'none'
      : { start: Math.max(0, sizeBytes - suffix), end: sizeBytes - 1 };
  }
  const start = Number(first);
  const end = last === '' ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1);
  if (last !== '' && Number(last) < start) return 'all';
  return start >= sizeBytes ? 'none' : { start, end };
}
