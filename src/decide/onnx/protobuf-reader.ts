import { TendError } from '../../kernel/error.ts';

const decoder = new TextDecoder('utf-8', { fatal: true });

const SHORT_BYTES = 16;

/** One field of a message as it stands in the bytes. */
export interface WireField {
  readonly number: number;
  readonly value: WireValue;
}

/** A varint (signed, as int64), a fixed 32-bit or 64-bit word, or the bytes of a string or message. */
export type WireValue =
  | { readonly kind: 'varint'; readonly value: number }
  | { readonly kind: 'fixed32'; readonly value: number }
  | { readonly kind: 'fixed64'; readonly value: number }
  | { readonly kind: 'bytes'; readonly value: Uint8Array };

/**
 * The fields of a Protocol Buffers message, one after another. Bytes are views, nothing is copied, so that
 * hostile bytes cannot make it allocate more than they themselves take.
 * @throws INVALID_INPUT where the bytes are no message
 */
export function* wireFields(bytes: Uint8Array): Generator<WireField> {
  const cursor = new Cursor(bytes);
  while (!cursor.done) {
    const tag = cursor.varint();
    const number = Math.floor(tag / 8);
    if (number < 1 || number > 536_870_911) throw broken('a field number is out of range');
    yield { number, value: cursor.value(tag % 8) };
  }
}

/** Text of a string field. @throws INVALID_INPUT if it is not UTF-8 or no string */
export function textOf(value: WireValue): string {
  const short = shortAscii(bytesOf(value));
  if (short !== undefined) return short;
  try {
    return decoder.decode(bytesOf(value));
  } catch (cause) {
    if (cause instanceof TendError) throw cause;
    throw broken('a string is not UTF-8');
  }
}

/**
 * A tree has the name of a mode for each node; for texts so short the decoder's set-up takes most of the
 * time.
 */
function shortAscii(bytes: Uint8Array): string | undefined {
  if (bytes.length > SHORT_BYTES) return undefined;
  let text = '';
  for (const byte of bytes) {
    if (byte > 127) return undefined;
    text += String.fromCharCode(byte);
  }
  return text;
}

/** Bytes of a string or message, a view. @throws INVALID_INPUT if it is none */
export function bytesOf(value: WireValue): Uint8Array {
  if (value.kind === 'bytes') return value.value;
  throw broken('expected a string or message');
}

/** A whole number, up to 2^53. */
export function intOf(value: WireValue): number {
  if (value.kind !== 'varint') throw broken('expected a whole number');
  if (!Number.isSafeInteger(value.value)) throw broken('a whole number is beyond 2^53');
  return value.value;
}

/** A float or double. @throws INVALID_INPUT if it is none */
export function floatOf(value: WireValue): number {
  if (value.kind === 'fixed32' || value.kind === 'fixed64') return value.value;
  throw broken('expected a float');
}

/** Adds one element, or all of a packed repeated field, to `into`. */
export function addInts(value: WireValue, into: number[]): void {
  if (value.kind !== 'bytes') {
    into.push(intOf(value));
    return;
  }
  const cursor = new Cursor(value.value);
  while (!cursor.done) into.push(intOf({ kind: 'varint', value: cursor.signed() }));
}

/** The same for floats; `size` is the bytes of one, 4 or 8. */
export function addFloats(value: WireValue, size: 4 | 8, into: number[]): void {
  if (value.kind !== 'bytes') {
    into.push(floatOf(value));
    return;
  }
  if (value.value.length % size !== 0) throw broken('a list of floats is cut off');
  const cursor = new Cursor(value.value);
  while (!cursor.done) into.push(cursor.fixed(size));
}

/** The bytes are no ONNX model: what is wrong with them. */
export function broken(reason: string): TendError {
  return new TendError('INVALID_INPUT', `this is no ONNX model that can be read: ${reason}`);
}

class Cursor {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  value(wireType: number): WireValue {
    switch (wireType) {
      case 0:
        return { kind: 'varint', value: this.signed() };
      case 1:
        return { kind: 'fixed64', value: this.fixed(8) };
      case 2:
        return { kind: 'bytes', value: this.#take(this.varint()) };
      case 5:
        return { kind: 'fixed32', value: this.fixed(4) };
      default:
        throw broken(`wire type ${wireType} is not in use`);
    }
  }

  /** Unsigned; beyond 2^53 it loses digits, which the callers refuse. */
  varint(): number {
    let result = 0;
    let scale = 1;
    for (let i = 0; i < 10; i++) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw broken('it is cut off');
      result += (byte & 127) * scale;
      if (byte < 128) return result;
      scale *= 128;
    }
    throw broken('a number has too many digits');
  }

  /** Two's complement of 64 bits. */
  signed(): number {
    const start = this.#at;
    const value = this.varint();
    if (value < 2 ** 63) return value;
    let exact = 0n;
    for (let i = this.#at - 1; i >= start; i--) exact = (exact << 7n) | BigInt((this.#bytes[i] ?? 0) & 127);
    return Number(BigInt.asIntN(64, exact));
  }

  fixed(size: 4 | 8): number {
    const start = this.#at;
    this.#at += size;
    if (this.#at > this.#bytes.length) throw broken('it is cut off');
    return size === 4 ? this.#view.getFloat32(start, true) : this.#view.getFloat64(start, true);
  }

  #take(length: number): Uint8Array {
    const start = this.#at;
    this.#at += length;
    if (this.#at > this.#bytes.length) throw broken('it is cut off');
    return this.#bytes.subarray(start, this.#at);
  }
}
