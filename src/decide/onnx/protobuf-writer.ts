/** Wire types of Protocol Buffers (encoding guide, "Message structure"). */
const VARINT = 0;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

const START_BYTES = 1_024;
const encoder = new TextEncoder();

/**
 * Writes Protocol Buffers messages into one growing array of bytes. Fields appear in the order of the calls.
 */
export class ProtobufWriter {
  #bytes = new Uint8Array(START_BYTES);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  /** A copy of what was written. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  /** int64, int32 or enum; `value` is a safe integer, negative ones take ten bytes. */
  int(field: number, value: number): void {
    this.#tag(field, VARINT);
    this.#signed(value);
  }

  float(field: number, value: number): void {
    this.#tag(field, FIXED32);
    this.#float(value);
  }

  string(field: number, value: string): void {
    this.bytes(field, encoder.encode(value));
  }

  bytes(field: number, value: Uint8Array): void {
    this.#tag(field, LENGTH_DELIMITED);
    this.#varint(value.length);
    this.#reserve(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  /** A packed repeated float. */
  floats(field: number, values: ArrayLike<number>): void {
    this.#tag(field, LENGTH_DELIMITED);
    this.#varint(values.length * 4);
    for (let i = 0; i < values.length; i++) this.#float(values[i] as number);
  }

  /** A packed repeated int64. */
  ints(field: number, values: ArrayLike<number>): void {
    this.message(field, (inner) => {
      for (let i = 0; i < values.length; i++) inner.#signed(values[i] as number);
    });
  }

  /** An embedded message, written by `write`. */
  message(field: number, write: (inner: ProtobufWriter) => void): void {
    const inner = new ProtobufWriter();
    write(inner);
    this.bytes(field, inner.#bytes.subarray(0, inner.#length));
  }

  #tag(field: number, wireType: number): void {
    this.#varint(field * 8 + wireType);
  }

  #signed(value: number): void {
    if (value >= 0) {
      this.#varint(value);
      return;
    }
    let rest = BigInt.asUintN(64, BigInt(value));
    this.#reserve(10);
    for (; rest > 127n; rest >>= 7n) this.#bytes[this.#length++] = Number(rest & 127n) | 128;
    this.#bytes[this.#length++] = Number(rest);
  }

  #varint(value: number): void {
    this.#reserve(10);
    let rest = value;
    for (; rest > 127; rest = Math.floor(rest / 128)) this.#bytes[this.#length++] = (rest % 128) | 128;
    this.#bytes[this.#length++] = rest;
  }

  #float(value: number): void {
    this.#reserve(4);
    this.#view.setFloat32(this.#length, value, true);
    this.#length += 4;
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + count));
    larger.set(this.#bytes);
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}
