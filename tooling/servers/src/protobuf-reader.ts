/** A message whose fields are asked for by number; what is absent has the default of its type, as in proto3. */
export class Message {
  readonly #fields: readonly Field[];

  constructor(bytes: Buffer) {
    this.#fields = readFields(bytes);
  }

  /** Whether the field was sent. */
  has(number: number): boolean {
    return this.#fields.some((field) => field.number === number);
  }

  /** A number of any width, unsigned. */
  bigint(number: number): bigint {
    const value = this.#fields.findLast((field) => field.number === number)?.value ?? 0n;
    if (typeof value !== 'bigint') throw new Error(`field ${number} is no number`);
    return value;
  }

  /** As `bigint`, when it is small. */
  number(number: number): number {
    return Number(this.bigint(number));
  }

  /** Bytes. */
  bytes(number: number): Buffer {
    return this.all(number).at(-1) ?? Buffer.alloc(0);
  }

  /** Bytes in hex digits. */
  hex(number: number): string {
    return this.bytes(number).toString('hex');
  }

  /** Text. */
  string(number: number): string {
    return this.bytes(number).toString('utf8');
  }

  /** The message inside; an empty one when it is absent. */
  message(number: number): Message {
    return new Message(this.bytes(number));
  }

  /** Every message inside under that number. */
  messages(number: number): readonly Message[] {
    return this.all(number).map((bytes) => new Message(bytes));
  }

  private all(number: number): readonly Buffer[] {
    return this.#fields.flatMap((field) => {
      if (field.number !== number) return [];
      if (typeof field.value === 'bigint') throw new Error(`field ${number} is a number`);
      return [field.value];
    });
  }
}

/** One field of a protobuf message as it came: a number for varints and fixed widths, bytes for all that has a length. */
type Field = { readonly number: number; readonly value: bigint | Buffer };

/**
 * The fields of a protobuf message in the order in which they came; what they mean is for the caller to know.
 *
 * Source: Protocol Buffers, "Encoding".
 * @throws Error when the bytes are no message
 */
function readFields(bytes: Buffer): readonly Field[] {
  const fields: Field[] = [];
  let at = 0;

  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes.readUInt8(at++);
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new Error('a varint of more than 10 bytes');
  };

  const delimited = (length: number): Buffer => {
    if (at + length > bytes.length) throw new Error(`a field of ${length} bytes, of which ${bytes.length - at} are there`);
    at += length;
    return bytes.subarray(at - length, at);
  };

  const fieldValue = (wireType: number): bigint | Buffer => {
    if (wireType === 0) return varint();
    if (wireType === 1) return delimited(8).readBigUInt64LE();
    if (wireType === 2) return delimited(Number(varint()));
    if (wireType === 5) return BigInt(delimited(4).readUInt32LE());
    throw new Error(`wire type ${wireType}`);
  };

  while (at < bytes.length) {
    const tag = Number(varint());
    fields.push({ number: Math.floor(tag / 8), value: fieldValue(tag % 8) });
  }
  return fields;
}
