const FIRST_SIZE_BYTES = 65_536;
const MAX_VARINT_BYTES = 10;
const VARINT = 0;
const FIXED64 = 1;
const DELIMITED = 2;
const FIXED32 = 5;

/**
 * Writes protobuf messages, field by field, into one buffer that grows. A message inside of another is written where it
 * will stand, behind one byte kept free for its length, and moved on in the rare case that the length needs more.
 *
 * Source: Protocol Buffers, "Encoding".
 */
export class ProtobufWriter {
  #bytes = Buffer.allocUnsafe(FIRST_SIZE_BYTES);
  #at = 0;

  /** A whole number, also a negative one. */
  integer(field: number, value: number): void {
    this.#tag(field, VARINT);
    this.#varint(value);
  }

  /** True or false. */
  boolean(field: number, value: boolean): void {
    this.integer(field, value ? 1 : 0);
  }

  /** A number with a fraction. */
  double(field: number, value: number): void {
    this.#tag(field, FIXED64);
    this.#at = this.#room(8).writeDoubleLE(value, this.#at);
  }

  /** 32 bits. */
  fixed32(field: number, value: number): void {
    this.#tag(field, FIXED32);
    this.#at = this.#room(4).writeUInt32LE(value, this.#at);
  }

  /** 64 bits. */
  fixed64(field: number, value: bigint): void {
    this.#tag(field, FIXED64);
    this.#at = this.#room(8).writeBigUInt64LE(value, this.#at);
  }

  /** Text as UTF-8. */
  string(field: number, value: string): void {
    const start = this.#open(field);
    this.#at += this.#room(value.length * 3).write(value, this.#at, 'utf8');
    this.#close(start);
  }

  /** Bytes that are given in hex digits. */
  hex(field: number, digits: string): void {
    const start = this.#open(field);
    this.#at += this.#room(digits.length / 2).write(digits, this.#at, 'hex');
    this.#close(start);
  }

  /** A message inside of this one; `write` writes its fields. */
  message<T>(field: number, value: T, write: (writer: ProtobufWriter, value: T) => void): void {
    const start = this.#open(field);
    write(this, value);
    this.#close(start);
  }

  /** A copy of what has been written; the writer is empty then, and can be used again. */
  take(): Uint8Array {
    const taken = new Uint8Array(this.#bytes.subarray(0, this.#at));
    this.#at = 0;
    return taken;
  }

  #open(field: number): number {
    this.#tag(field, DELIMITED);
    this.#room(1);
    this.#at++;
    return this.#at;
  }

  #close(start: number): void {
    const length = this.#at - start;
    const lengthBytes = varintBytes(length);
    if (lengthBytes > 1) this.#room(lengthBytes).copyWithin(start + lengthBytes - 1, start, this.#at);
    this.#at = start - 1;
    this.#varint(length);
    this.#at += length;
  }

  #tag(field: number, wireType: number): void {
    this.#varint(field * 8 + wireType);
  }

  #varint(value: number): void {
    const bytes = this.#room(MAX_VARINT_BYTES);
    if (value >= 0) {
      let rest = value;
      for (; rest > 127; rest = Math.floor(rest / 128)) bytes[this.#at++] = (rest % 128) | 128;
      bytes[this.#at++] = rest;
    } else {
      let rest = BigInt.asUintN(64, BigInt(value));
      for (; rest > 127n; rest >>= 7n) bytes[this.#at++] = Number(rest & 127n) | 128;
      bytes[this.#at++] = Number(rest);
    }
  }

  #room(bytes: number): Buffer<ArrayBuffer> {
    if (this.#at + bytes > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#at + bytes));
      this.#bytes.copy(larger, 0, 0, this.#at);
      this.#bytes = larger;
    }
    return this.#bytes;
  }
}

function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value; rest > 127; rest = Math.floor(rest / 128)) bytes++;
  return bytes;
}
