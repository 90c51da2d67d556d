import assert from 'node:assert/strict';

/** Every header, and every piece that contents are filled up to (POSIX.1-1988 ustar). */
export const BLOCK = 512;
/** Zero blocks at the end of an archive. */
export const END_BYTES = 2 * BLOCK;
/** What eleven octal digits hold: 8 GiB less one. */
const SIZE_MAX = 8 ** 11 - 1;
const NAME_BYTES_MAX = 100;
const SIZE_AT = 124;
const SIZE_DIGITS = 11;
const CHECKSUM_AT = 148;

/**
 * The ustar header of a regular file: owner, times and mode are always the same, so that the same contents
 * make the same archive, and a reader can say of every byte what it must be.
 */
export function tarHeader(name: string, size: number): Uint8Array {
  assert(Buffer.byteLength(name) <= NAME_BYTES_MAX, `a name in an archive is too long: ${name}`);
  assert(Number.isInteger(size) && size >= 0 && size <= SIZE_MAX, `a file of ${size} bytes is no file`);
  const header = Buffer.alloc(BLOCK);
  header.write(name, 0, 'utf8');
  header.write('0000644\0', 100, 'latin1');
  header.write('0000000\0', 108, 'latin1');
  header.write('0000000\0', 116, 'latin1');
  header.write(`${size.toString(8).padStart(SIZE_DIGITS, '0')}\0`, SIZE_AT, 'latin1');
  header.write('00000000000\0', 136, 'latin1');
  header.write('        ', CHECKSUM_AT, 'latin1');
  header.write('0', 156, 'latin1');
  header.write('ustar\0', 257, 'latin1');
  header.write('00', 263, 'latin1');
  header.write('0000000\0', 329, 'latin1');
  header.write('0000000\0', 337, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, CHECKSUM_AT, 'latin1');
  return header;
}

/** The size that a header gives, undefined where it gives none; the header itself is to be compared. */
export function headerSize(header: Uint8Array): number | undefined {
  const digits = Buffer.from(header.subarray(SIZE_AT, SIZE_AT + SIZE_DIGITS)).toString('latin1');
  return /^[0-7]{11}$/.test(digits) ? Number.parseInt(digits, 8) : undefined;
}

/** Zero bytes that fill contents of a size up to whole blocks. */
export function paddingOf(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK;
}
