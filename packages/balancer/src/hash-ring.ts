import type { InstanceHandle, Snapshot } from '@weft/core';
import { hashText, mixBits } from './hash-text.js';

/** With so many points each the shares of most instances lie within a tenth of each other. */
const MOST_EACH = 128;
/** Long lists get fewer each, so that a ring is built within a few ms: their bounds of load even out what that makes uneven. */
const LEAST_EACH = 16;
const POINTS = 65_536;
const SECOND_SEED = 0x9e3779b9;

/**
 * Points on a circle of hashes, some for each instance; a hash belongs to the instance of the next point. Who leaves gives its
 * hashes to many others, and no other hash moves. The points of an instance come from its id only.
 *
 * Source: D. Karger et al., "Consistent Hashing and Random Trees", 1997. A point is found by its leading bits, not by halving.
 */
export class HashRing {
  readonly #hashes: Uint32Array;
  readonly #owners: Uint32Array;
  /** Index of the first point by the leading bits of its hash. */
  readonly #starts: Uint32Array;
  readonly #shift: number;

  /** @param from at least one instance */
  constructor(from: Snapshot) {
    const pointsEach = Math.max(LEAST_EACH, Math.min(MOST_EACH, Math.floor(POINTS / from.length)));
    const points = pointsOf(from, pointsEach);
    const bits = Math.ceil(Math.log2(points.length));
    this.#shift = 32 - bits;
    this.#starts = countStarts(points, this.#shift, 2 ** bits);
    this.#hashes = new Uint32Array(points.length);
    this.#owners = new Uint32Array(points.length);
    const ends = this.#starts.slice();
    for (let point = 0; point < points.length; point++) {
      const hash = points[point] ?? 0;
      const part = hash >>> this.#shift;
      const end = ends[part] ?? 0;
      ends[part] = end + 1;
      this.#insert(hash, Math.floor(point / pointsEach), this.#starts[part] ?? 0, end, from);
    }
  }

  /** How many points there are. */
  get size(): number {
    return this.#owners.length;
  }

  /** Index of the point that a hash belongs to. */
  find(hash: number): number {
    const hashes = this.#hashes;
    let at = this.#starts[hash >>> this.#shift] ?? 0;
    while (at < hashes.length && (hashes[at] ?? 0) < hash) at++;
    return at === hashes.length ? 0 : at;
  }

  /** Place in the list of the instance whose point is `further` after the one at `index`. */
  ownerAt(index: number, further = 0): number {
    const at = index + further;
    return this.#owners[at < this.#owners.length ? at : at - this.#owners.length] ?? 0;
  }

  /** Puts a point in its place among the few whose hashes begin alike. */
  #insert(hash: number, owner: number, start: number, end: number, from: Snapshot): void {
    const [hashes, owners] = [this.#hashes, this.#owners];
    let at = end;
    while (at > start && isBefore(hash, hashes[at - 1] ?? 0, from[owner], from[owners[at - 1] ?? 0])) {
      hashes[at] = hashes[at - 1] ?? 0;
      owners[at] = owners[at - 1] ?? 0;
      at--;
    }
    hashes[at] = hash;
    owners[at] = owner;
  }
}

/** The hashes of all points, by instance. The two hashes of an id keep those of two instances from running alike. */
function pointsOf(from: Snapshot, pointsEach: number): Uint32Array {
  const points = new Uint32Array(from.length * pointsEach);
  let next = 0;
  for (const { id } of from) {
    const first = hashText(id);
    const step = hashText(id, SECOND_SEED) | 1;
    for (let point = 0; point < pointsEach; point++) points[next++] = mixBits(first + Math.imul(point, step));
  }
  return points;
}

/** Where the points of each part begin, when there are so many in each. */
function countStarts(points: Uint32Array, shift: number, parts: number): Uint32Array {
  const starts = new Uint32Array(parts);
  for (const hash of points) starts[hash >>> shift] = (starts[hash >>> shift] ?? 0) + 1;
  let sum = 0;
  for (let part = 0; part < parts; part++) {
    const count = starts[part] ?? 0;
    starts[part] = sum;
    sum += count;
  }
  return starts;
}

/** Of equal hashes the one of the smaller name is first, so that the order of the list does not matter. */
function isBefore(
  hash: number,
  other: number,
  owner: InstanceHandle | undefined,
  otherOwner: InstanceHandle | undefined,
): boolean {
  return hash === other ? nameOf(owner) < nameOf(otherOwner) : hash < other;
}

function nameOf(handle: InstanceHandle | undefined): string {
  return handle ? `${handle.id}\n${handle.instance.incarnation}` : '';
}
