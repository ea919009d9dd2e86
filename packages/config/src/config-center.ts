import { type Clock, type ConfigDriver, type ConfigEntry, type Random, WeftError, type WriteOptions } from '@weft/core';
import { bounded } from '@weft/resilience';
import { keptUnder, withoutSuffix } from './config-key.js';
import { formatConfigText } from './config-text.js';
import { PrefixFollower } from './prefix-follower.js';

/** What a `ConfigCenter` is made with. */
export interface CenterOptions {
  /** The backend. */
  readonly driver: ConfigDriver;
  /** What stands before each key, without the `/`; may be empty. */
  readonly prefix: string;
  /** By when an operation has to be answered. */
  readonly timeoutMs: number;
  /** Time; virtual in tests. */
  readonly clock: Clock;
  /** Randomness; seeded in tests. */
  readonly random: Random;
  /** Told when the stream has brought a change: of the keys named, or of any when undefined. */
  readonly onChange: (keys: ReadonlySet<string> | undefined) => void;
  /** Told when the backend answered. */
  readonly onContact: () => void;
  /** Told when it did not. */
  readonly onLost: (error: unknown) => void;
}

/**
 * The texts of one prefix, by keys without it. A key without a suffix finds the text kept under it, else under it with
 * `.json`, `.yaml`, `.yml` or `.txt`. Each operation is bounded; once it follows the backend, it reads from memory.
 */
export class ConfigCenter {
  private readonly closing = new AbortController();
  private follower: PrefixFollower | undefined;

  constructor(private readonly options: CenterOptions) {}

  /** Whether the stream has brought all keys once, so that reads do not fail any more. */
  private get isFollowing(): boolean {
    return this.follower?.entries !== undefined;
  }

  /** What stands under `key`, as the stream told it last, else as the backend says now. @throws WEFT_REGISTRY_UNAVAILABLE */
  async find(key: string): Promise<ConfigEntry | undefined> {
    return this.isFollowing ? this.peek(key) : this.findNow(key);
  }

  /** What stands under `key`, as the backend says now. @throws WEFT_REGISTRY_UNAVAILABLE */
  findNow(key: string): Promise<ConfigEntry | undefined> {
    const places = this.places(key);
    return this.read(`reading "${places[0]}"`, (signal) => this.readFirst(places, signal));
  }

  /** What the stream told last about `key`. */
  peek(key: string): ConfigEntry | undefined {
    return first(this.places(key).map((place) => this.follower?.entries?.get(place)));
  }

  /** What stands under each key, named without suffix. @throws WEFT_REGISTRY_UNAVAILABLE */
  async list(): Promise<ReadonlyMap<string, ConfigEntry>> {
    return this.named(this.follower?.entries ?? (await this.listNow('')));
  }

  /**
   * What stands under each key below `key` at one moment, as one answer of the backend; while it is away, as the stream
   * told it last.
   * @throws WEFT_REGISTRY_UNAVAILABLE
   */
  async below(key: string): Promise<ReadonlyMap<string, ConfigEntry>> {
    const entries = await this.listNow(key).catch((error: unknown) => {
      if (this.follower?.entries) return this.follower.entries;
      throw error;
    });
    const isBelow = (found: string) => key === '' || found.startsWith(`${key}/`);
    return new Map([...this.named(entries)].filter(([found]) => isBelow(found)));
  }

  /**
   * Every text that the backend remembers of a key, newest first.
   * @throws WEFT_INVALID_ARGUMENT when it remembers none
   * @throws WEFT_REGISTRY_UNAVAILABLE
   */
  async history(key: string): Promise<readonly ConfigEntry[]> {
    const { driver } = this.options;
    if (!driver.history) throw new WeftError('WEFT_INVALID_ARGUMENT', `history of "${key}": this config driver keeps none`);
    const now = await this.find(key);
    for (const place of now ? [now.key] : this.places(key)) {
      const read = async (signal: AbortSignal) => (await driver.history?.(place, { signal })) ?? [];
      const past = await this.read(`reading the history of "${place}"`, read);
      if (past.length > 0) return past;
    }
    return [];
  }

  private async listNow(key: string): Promise<ReadonlyMap<string, ConfigEntry>> {
    const full = key === '' ? this.options.prefix : this.full(key);
    return byKey(await this.read(`listing "${full}"`, (signal) => this.options.driver.list(full, { signal })));
  }

  /** Of the entries of several formats the first, by keys without prefix and suffix. */
  private named(entries: ReadonlyMap<string, ConfigEntry>): ReadonlyMap<string, ConfigEntry> {
    const found = new Map<string, ConfigEntry>();
    for (const key of [...entries.keys()].map((full) => withoutSuffix(this.short(full))).sort()) {
      const entry = first(this.places(key).map((place) => entries.get(place)));
      if (entry) found.set(key, entry);
    }
    return found;
  }

  /**
   * Writes in the format under which the key is kept already, else in that of its suffix, else JSON.
   * @throws WEFT_INVALID_ARGUMENT when the format cannot hold the value
   * @throws WEFT_REGISTRY_UNAVAILABLE
   */
  async set(key: string, value: unknown): Promise<void> {
    await this.write((await this.find(key))?.key ?? this.full(key), value);
  }

  /**
   * As `set`, but only while the value, where the backend has it now, has the revision; `null`: while there is none.
   * @throws WEFT_CONFLICT when it has another
   * @throws WEFT_INVALID_ARGUMENT when the backend cannot compare and set
   */
  async compareAndSet(key: string, value: unknown, ifRevision: string | null): Promise<void> {
    const { driver } = this.options;
    if (!driver.supports.compareAndSet) {
      throw new WeftError('WEFT_INVALID_ARGUMENT', `ifRevision of "${key}": this config driver cannot compare and set`);
    }
    const entry = await this.findNow(key);
    if (entry ? entry.revision !== ifRevision : ifRevision !== null) throw conflict(key, entry, ifRevision);
    await this.write(entry?.key ?? this.full(key), value, { ifRevision });
  }

  private async write(full: string, value: unknown, condition: Pick<WriteOptions, 'ifRevision'> = {}): Promise<void> {
    const text = formatConfigText(full, value);
    await this.bounded(`writing "${full}"`, (signal) => this.options.driver.set(full, text, { signal, ...condition }));
    await this.seen((entries) => keptUnder(full).some((place) => entries.get(place)?.text === text));
  }

  /** Removes the key in each format. @throws WEFT_REGISTRY_UNAVAILABLE */
  async remove(key: string): Promise<void> {
    const places = this.places(key);
    const remove = (signal: AbortSignal) => Promise.all(places.map((place) => this.options.driver.remove(place, { signal })));
    await this.bounded(`removing "${places[0]}"`, remove);
    await this.seen((entries) => !places.some((place) => entries.has(place)));
  }

  /**
   * Follows the backend from now on; resolves when it has told all keys once.
   * @throws WEFT_REGISTRY_UNAVAILABLE when the first try, or the one under way, fails; it goes on trying
   */
  async follow(): Promise<void> {
    this.follower ??= new PrefixFollower({
      ...this.options,
      onChange: (full) => this.options.onChange(full === undefined ? undefined : this.askedAs(full)),
    });
    await this.follower.ready();
  }

  /** The names under which a stored key is asked for. */
  private askedAs(full: string): ReadonlySet<string> {
    const key = this.short(full);
    return new Set([key, withoutSuffix(key)]);
  }

  /** Follows no more, ends what is under way and closes the driver. Idempotent. @throws WEFT_REGISTRY_UNAVAILABLE */
  async close(): Promise<void> {
    this.closing.abort();
    this.follower?.close();
    const { driver, timeoutMs, clock } = this.options;
    const bound = { what: 'closing the driver', from: 'config center', timeoutMs, clock, isAwaited: true };
    await bounded(() => driver.close(), bound);
  }

  /** Where the value of a key may be kept: full keys, the first that exists being it. */
  places(key: string): readonly string[] {
    return keptUnder(this.full(key));
  }

  private async readFirst([exact, ...others]: readonly string[], signal: AbortSignal): Promise<ConfigEntry | undefined> {
    const read = (place: string) => this.options.driver.get(place, { signal });
    const entry = exact === undefined ? undefined : await read(exact);
    return entry ?? first(await Promise.all(others.map(read)));
  }

  private async read<T>(what: string, operation: (signal: AbortSignal) => Promise<T>): Promise<T> {
    try {
      const found = await this.bounded(what, operation);
      this.options.onContact();
      return found;
    } catch (error) {
      this.options.onLost(error);
      throw error;
    }
  }

  /** Whoever writes must then read what was written: waits until the stream has brought it back. */
  private async seen(isSeen: (entries: ReadonlyMap<string, ConfigEntry>) => boolean): Promise<void> {
    const { follower } = this;
    if (!follower?.entries) return;
    await follower.until(() => isSeen(follower.entries ?? new Map()), this.options.driver.supports.propagationMs);
  }

  private bounded<T>(what: string, operation: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { timeoutMs, clock } = this.options;
    const { signal } = this.closing;
    return bounded(operation, { what, from: 'config center', timeoutMs, clock, isAwaited: true, signal });
  }

  private full(key: string): string {
    return this.options.prefix === '' ? key : `${this.options.prefix}/${key}`;
  }

  private short(full: string): string {
    return this.options.prefix === '' ? full : full.slice(this.options.prefix.length + 1);
  }
}

function conflict(key: string, entry: ConfigEntry | undefined, ifRevision: string | null): WeftError {
  const found = entry ? `has revision ${JSON.stringify(entry.revision)}` : 'does not exist';
  const wanted = ifRevision === null ? 'it not to exist' : `revision ${JSON.stringify(ifRevision)}`;
  return new WeftError('WEFT_CONFLICT', `config key ${JSON.stringify(entry?.key ?? key)} ${found}; expected ${wanted}`);
}

function first(entries: readonly (ConfigEntry | undefined)[]): ConfigEntry | undefined {
  return entries.find((entry) => entry !== undefined);
}

function byKey(entries: readonly ConfigEntry[]): ReadonlyMap<string, ConfigEntry> {
  return new Map(entries.map((entry) => [entry.key, entry]));
}
