/** A range of keys, as etcd takes it. */
export interface KeyRange {
  /** For people: `weft/services/`. */
  readonly name: string;
  /** The first key. */
  readonly key: Buffer;
  /** The first key that is no longer in it; absent for a single key. */
  readonly range_end?: Buffer;
}

const ZERO = Buffer.from([0]);

/** The keys that begin with `prefix`; all keys for an empty one. */
export function prefixRange(prefix: string): KeyRange {
  if (prefix === '') return { name: '', key: ZERO, range_end: ZERO };
  const key = Buffer.from(prefix);
  const end = Buffer.from(key);
  // The last byte of UTF-8 is never 0xff.
  end[end.length - 1] = (end.at(-1) ?? 0) + 1;
  return { name: prefix, key, range_end: end };
}

/** The one key, and no other. */
export function keyRange(key: string): KeyRange {
  return { name: key, key: Buffer.from(key) };
}

/** From the key `from` up to the end of those that begin with `to`. */
export function spanRange(from: string, to: string): KeyRange {
  const { range_end } = prefixRange(to);
  return { name: from, key: Buffer.from(from), ...(range_end && { range_end }) };
}
