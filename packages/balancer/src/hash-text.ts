/**
 * A whole number from 0 to 2^32 - 1 for a text: the same in every process and every release, evenly spread. Not for secrets.
 *
 * Source: FNV-1a (Fowler, Noll, Vo) over UTF-16 code units, with the finalizer of MurmurHash3 (A. Appleby).
 * @param seed another seed gives another number that has nothing to do with the first
 */
export function hashText(text: string, seed = 0): number {
  let hash = 0x811c9dc5 ^ seed;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return mixBits(hash);
}

/** The finalizer of MurmurHash3: each bit of the number depends on each bit of the given one, and no two give the same. */
export function mixBits(bits: number): number {
  let mixed = bits;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
