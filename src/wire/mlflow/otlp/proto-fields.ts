import { invalid } from '../mlflow-error.ts';

/** One field of a message: an integer, eight bytes as an integer, or bytes. */
export type ProtoField =
  | { readonly number: number; readonly kind: 'varint' | 'fixed64' | 'fixed32'; readonly int: bigint }
  | { readonly number: number; readonly kind: 'bytes'; readonly bytes: Uint8Array };

const KINDS = { 0: 'varint', 1: 'fixed64', 2: 'bytes', 5: 'fixed32' } as const;

/**
 * The fields of a message in protobuf's wire format, in order. Strict: what is cut off, too long or of a
 * kind that nobody writes any more (groups) is refused. Bytes are views, not copies.
 * @throws INVALID_PARAMETER_VALUE
 */
export function* protoFields(bytes: Uint8Array): Generator<ProtoField> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const take = (count: number): number => {
    if (count > bytes.length - at) throw damaged('it ends within a field');
    at += count;
    return at - count;
  };
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[take(1)] ?? 0;
      // The common case, one byte, without arithmetic on big integers.
      if (shift === 0n && byte < 0x80) return BigInt(byte);
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) {
        if (value > 0xffff_ffff_ffff_ffffn) break;
        return value;
      }
    }
    throw damaged('an integer has more than 64 bits');
  };
  while (at < bytes.length) {
    const tag = varint();
    const number = Number(tag >> 3n);
    const kind = KINDS[Number(tag & 7n) as keyof typeof KINDS];
    if (number === 0 || number > 0x1fff_ffff || kind === undefined) throw damaged('a field has no such type');
    if (kind === 'varint') yield { number, kind, int: varint() };
    else if (kind === 'fixed64') yield { number, kind, int: view.getBigUint64(take(8), true) };
    else if (kind === 'fixed32') yield { number, kind, int: BigInt(view.getUint32(take(4), true)) };
    else {
      const length = varint();
      if (length > BigInt(bytes.length)) throw damaged('it ends within a field');
      const start = take(Number(length));
      yield { number, kind, bytes: bytes.subarray(start, at) };
    }
  }
}

/** The bytes of a field. @throws INVALID_PARAMETER_VALUE for one of another type */
export function bytesOf(field: ProtoField): Uint8Array {
  if (field.kind !== 'bytes') throw damaged(`field ${field.number} is of another type`);
  return field.bytes;
}

/** The integer of a field. @throws INVALID_PARAMETER_VALUE for one of another type */
export function intOf(field: ProtoField, kind: 'varint' | 'fixed64'): bigint {
  if (field.kind !== kind) throw damaged(`field ${field.number} is of another type`);
  return field.int;
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text of a field. @throws INVALID_PARAMETER_VALUE for another type, or for what is no UTF-8 */
export function textOf(field: ProtoField): string {
  try {
    return UTF8.decode(bytesOf(field)).replaceAll('\0', '\uFFFD');
  } catch {
    throw damaged(`field ${field.number} is no UTF-8`);
  }
}

/** The refusal of a message. */
export function damaged(why: string): Error {
  return invalid(`Invalid OpenTelemetry format: ${why}.`);
}
