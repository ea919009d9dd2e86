import { LRUCache } from 'lru-cache';
import type { KeptReply } from './kept-reply.js';
import { type Place, variantKey } from './place.js';

/** What a store has for a request. */
export interface Found {
  /** Where it is, or would be. */
  readonly key: string;
  readonly kept: KeptReply | undefined;
  /** Whether nobody shared the last answer: who asks must not wait for another's. */
  readonly isAlone: boolean;
}

/** An answer; or, under a primary key, what to look at to find one. */
type Entry = { readonly path: string } & ({ readonly kept: KeptReply } | { readonly vary: readonly string[] | 'alone' });

/** What an entry takes beside its answer and its key, in bytes: a guess. */
const ENTRY_BYTES = 200;

/** Kept answers by their keys, and the keys by their paths. Full, it drops what was not used for the longest time. */
export class ReplyStore {
  readonly #entries: LRUCache<string, Entry>;
  readonly #keysByPath = new Map<string, Set<string>>();

  constructor(maxEntries: number, maxBytes: number) {
    this.#entries = new LRUCache({
      max: maxEntries,
      maxSize: maxBytes,
      dispose: ({ path }, key) => this.#unlist(path, key),
    });
  }

  /** Entries that are held now. */
  get size(): number {
    return this.#entries.size;
  }

  /** Paths that have any. */
  get paths(): number {
    return this.#keysByPath.size;
  }

  /** What they take, in bytes. */
  get bytes(): number {
    return this.#entries.calculatedSize;
  }

  /** What there is for a request. */
  find(place: Place): Found {
    const entry = this.#entries.get(place.primary);
    if (!entry || 'kept' in entry) return { key: place.primary, kept: entry?.kept, isAlone: false };
    if (entry.vary === 'alone') return { key: place.primary, kept: undefined, isAlone: true };
    const key = variantKey(place, entry.vary);
    const variant = this.#entries.get(key);
    return { key, kept: variant && 'kept' in variant ? variant.kept : undefined, isAlone: false };
  }

  /** Keeps an answer that varies by these headers, in place of what was there. */
  keep(place: Place, vary: readonly string[], kept: KeptReply): void {
    if (vary.length > 0) this.#set(place.primary, { path: place.path, vary });
    this.#set(variantKey(place, vary), { path: place.path, kept }, kept.bytes);
  }

  /** Remembers that no answer to such a request is another's. */
  keepApart({ primary, path }: Place): void {
    this.#set(primary, { path, vary: 'alone' });
  }

  /** Forgets one entry. */
  forget(key: string): void {
    this.#entries.delete(key);
  }

  /** Forgets every entry of a path: all methods, queries, callers and variants. */
  forgetPath(path: string): void {
    for (const key of this.#keysByPath.get(path) ?? []) this.#entries.delete(key);
  }

  /** Forgets everything. */
  clear(): void {
    this.#entries.clear();
  }

  #set(key: string, entry: Entry, bytes = 0): void {
    this.#entries.set(key, entry, { size: bytes + 2 * key.length + ENTRY_BYTES });
    if (!this.#entries.has(key)) return;
    const keys = this.#keysByPath.get(entry.path);
    if (keys) keys.add(key);
    else this.#keysByPath.set(entry.path, new Set([key]));
  }

  #unlist(path: string, key: string): void {
    const keys = this.#keysByPath.get(path);
    if (keys?.delete(key) && keys.size === 0) this.#keysByPath.delete(path);
  }
}
