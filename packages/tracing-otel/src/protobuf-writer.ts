const FIRST_SIZE_BYTES = 65_536;
const MAX_VARINT_BYTES = 10;
const VARINT = 0;
const FIXED64 = 1;
const DELIMITED = 2;
const FIXED32 = 5;
/** Texts up to here are written faster than Node is asked to write them. */
const SHORT_TEXT = 64;
const FIRST_BEYOND_ASCII = 128;

/**
 * Writes protobuf messages, field by field, into one buffer that grows. A message inside of another is written where it
 * will stand, behind the bytes kept free for its length, and moved when the length needs more or less.
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

  /** 32 bits, from 0. */
  fixed32(field: number, value: number): void {
    this.#tag(field, FIXED32);
    this.#word(value);
  }

  /** 64 bits, from 0, as two halves of 32. */
  fixed64(field: number, high: number, low: number): void {
    this.#tag(field, FIXED64);
    this.#word(low);
    this.#word(high);
  }

  /** Text as UTF-8. */
  string(field: number, value: string): void {
    const start = this.#open(field, 1);
    const isWritten = value.length <= SHORT_TEXT && this.#ascii(value);
    this.#at += isWritten ? value.length : this.#room(value.length * 3).write(value, start, 'utf8');
    this.#close(start, 1);
  }

  /** Bytes that are given in hex digits. */
  hex(field: number, digits: string): void {
    const start = this.#open(field, 1);
    const length = digits.length >> 1;
    const bytes = this.#room(length);
    for (let at = 0; at < length; at++) {
      bytes[start + at] = digitOf(digits.charCodeAt(2 * at)) * 16 + digitOf(digits.charCodeAt(2 * at + 1));
    }
    this.#at = start + length;
    this.#close(start, 1);
  }

  /**
   * A message inside of this one; `write` writes its fields.
   * @param lengthBytes how many its length will take, as far as that is known
   */
  message<T>(field: number, value: T, write: (writer: ProtobufWriter, value: T) => void, lengthBytes = 1): void {
    const start = this.#open(field, lengthBytes);
    write(this, value);
    this.#close(start, lengthBytes);
  }

  /** As `message`, for one that is made of two things. */
  pair<A, B>(field: number, first: A, second: B, write: (writer: ProtobufWriter, first: A, second: B) => void): void {
    const start = this.#open(field, 1);
    write(this, first, second);
    this.#close(start, 1);
  }

  /** A copy of what has been written; the writer is empty then, and can be used again. */
  take(): Uint8Array {
    const taken = new Uint8Array(this.#bytes.subarray(0, this.#at));
    this.#at = 0;
    return taken;
  }

  #open(field: number, lengthBytes: number): number {
    this.#tag(field, DELIMITED);
    this.#room(lengthBytes);
    this.#at += lengthBytes;
    return this.#at;
  }

  #close(start: number, lengthBytes: number): void {
    const length = this.#at - start;
    const needed = varintBytes(length);
    if (needed !== lengthBytes) {
      this.#room(needed).copyWithin(start + needed - lengthBytes, start, this.#at);
    }
    this.#at = start - lengthBytes;
    this.#varint(length);
    this.#at += length;
  }

  /** Writes a text where we are, and stays there; false when there is another character in it. */
  #ascii(value: string): boolean {
    const bytes = this.#room(value.length);
    const start = this.#at;
    for (let at = 0; at < value.length; at++) {
      const code = value.charCodeAt(at);
      if (code >= FIRST_BEYOND_ASCII) return false;
      bytes[start + at] = code;
    }
    return true;
  }

  #word(value: number): void {
    const bytes = this.#room(4);
    const at = this.#at;
    bytes[at] = value;
    bytes[at + 1] = value >>> 8;
    bytes[at + 2] = value >>> 16;
    bytes[at + 3] = value >>> 24;
    this.#at = at + 4;
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

/** The digit of a character from `0` to `9`, `a` to `f` and `A` to `F`. */
function digitOf(code: number): number {
  return code < 58 ? code - 48 : (code | 32) - 87;
}
