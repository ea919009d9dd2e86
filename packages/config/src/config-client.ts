import { EventEmitter, setMaxListeners } from 'node:events';
import {
  type ConfigDriver,
  type ConfigEntry,
  type Logger,
  type Metrics,
  noopLogger,
  noopMetrics,
  parseDuration,
  parsePositiveDuration,
  type StandardSchemaV1,
  systemClock,
  systemRandom,
  tell,
  WeftError,
} from '@weft/core';
import { ConfigCenter } from './config-center.js';
import { parseConfigKey, parseConfigPrefix } from './config-key.js';
import type { ConfigEvents, ConfigOptions, ReadOptions, SetOptions, WatchOptions } from './config-options.js';
import { type ConfigRevision, parseCondition, revisionOf } from './config-revision.js';
import { snapshotOf } from './config-snapshot.js';
import { ConfigValue } from './config-value.js';
import { ConfigWatch } from './config-watch.js';
import { Freshness } from './freshness.js';
import { Secrets } from './secrets.js';

/**
 * The config center as a service sees it: typed values that are always good ones, over any driver. A value that does not
 * parse or fails its schema is refused as a whole and the last good one stays; so does everything while the config center
 * is away. The first watch starts one stream for all keys; from then on reads are answered from memory.
 */
export class ConfigClient extends EventEmitter<ConfigEvents> {
  private readonly center: ConfigCenter;
  private readonly freshness: Freshness;
  private readonly secrets: Secrets;
  private readonly logger: Logger;
  private readonly metrics: Metrics;
  /** By the key that was asked for, without prefix; only keys that exist. */
  private readonly values = new Map<string, ConfigValue>();
  private readonly watches = new Map<string, Set<ConfigWatch<unknown>>>();
  private isClosed = false;

  /** @throws WEFT_CONFIG_INVALID when an option is not usable */
  constructor(driver: ConfigDriver, options: ConfigOptions = {}) {
    super();
    const { prefix = 'config', timeout = '10s', staleAfter = '10s', clock = systemClock, random = systemRandom } = options;
    const { logger = noopLogger, metrics = noopMetrics } = options;
    this.logger = logger;
    this.metrics = metrics;
    this.secrets = new Secrets(options.secrets);
    this.freshness = new Freshness({
      staleAfterMs: parseDuration(staleAfter, 'config.staleAfter'),
      clock,
      onStale: (reason) => this.tell('stale', { reason }),
      onRecovered: () => this.tell('recovered'),
    });
    this.center = new ConfigCenter({
      driver,
      prefix: parseConfigPrefix(prefix),
      timeoutMs: parsePositiveDuration(timeout, 'config.timeout'),
      clock,
      random,
      onChange: (keys) => this.catchUp(keys),
      onContact: () => this.freshness.regained(),
      onLost: (error) => (isAway(error) || isRefusal(error)) && this.freshness.lost(error.message),
    });
  }

  /**
   * The value of `key`, or the default, or undefined when the key does not exist. Values are frozen; the same object comes
   * back until the value changes. While the config center is away: the last good value, else the default.
   * @throws WEFT_CONFIG_INVALID when the value is bad and there has never been a good one
   * @throws WEFT_REGISTRY_UNAVAILABLE when the config center was never reached and there is no default
   */
  get(key: string): Promise<unknown>;
  get<T>(key: string, schema: StandardSchemaV1<unknown, T>, options: ReadOptions<T> & { readonly default: T }): Promise<T>;
  get<T>(key: string, schema: StandardSchemaV1<unknown, T>, options?: ReadOptions<T>): Promise<T | undefined>;
  get<T>(key: string, options: ReadOptions<T> & { readonly default: T }): Promise<T>;
  async get(key: string, given?: StandardSchemaV1 | ReadOptions, more?: ReadOptions): Promise<unknown> {
    const schema = given && '~standard' in given ? given : undefined;
    const fallback = (schema ? more : (given as ReadOptions | undefined))?.default;
    this.assertOpen();
    parseConfigKey(key);
    if (schema) this.secrets.mark(key, schema);
    await this.bringUp(key).catch((error: unknown) => this.bear(error, key, fallback));
    return this.view(key, schema, fallback);
  }

  /**
   * As `get`, for a value that has to be there.
   * @throws WEFT_CONFIG_NOT_FOUND when the key does not exist
   */
  require(key: string): Promise<unknown>;
  require<T>(key: string, schema: StandardSchemaV1<unknown, T>): Promise<T>;
  async require(key: string, schema?: StandardSchemaV1): Promise<unknown> {
    const value = await (schema ? this.get(key, schema) : this.get(key));
    if (value !== undefined) return value;
    const places = this.center.places(key).join(', ');
    throw new WeftError('WEFT_CONFIG_NOT_FOUND', `config key ${JSON.stringify(key)} does not exist. Looked for: ${places}`);
  }

  /**
   * The current value first (the default while the key does not exist), then every change that is accepted. A slow reader
   * gets the newest. Ends when the signal is aborted, the reader leaves the loop, or the client is closed.
   * The first `next()` rejects with what `get` would when the watch cannot start.
   */
  watch<T>(key: string, options: WatchOptions<T> & { readonly default: T }): AsyncIterableIterator<T>;
  watch<T = unknown>(key: string, options?: WatchOptions<T>): AsyncIterableIterator<T | undefined>;
  watch(key: string, { schema, signal, default: fallback }: WatchOptions = {}): AsyncIterableIterator<unknown> {
    if (schema) this.secrets.mark(key, schema);
    const end = () => watch.end();
    const watch: ConfigWatch<unknown> = new ConfigWatch<unknown>({
      open: () => this.open(parseConfigKey(key), watch, fallback),
      read: () => this.view(key, schema, fallback),
      onEnd: () => {
        this.forget(key, watch);
        signal?.removeEventListener('abort', end);
      },
    });
    if (signal?.aborted) watch.end();
    else if (signal) {
      setMaxListeners(0, signal);
      signal.addEventListener('abort', end, { once: true });
    }
    return watch;
  }

  /**
   * Writes a value in the format of the key's suffix, or of the suffix under which it is kept already, else as JSON.
   * While something is watched it resolves when this client sees the change, or after the driver's propagation time.
   * @throws WEFT_CONFLICT when `ifRevision` is not the value's revision; then nothing is written
   * @throws WEFT_INVALID_ARGUMENT when the key is none, the format cannot hold the value, or the driver cannot compare and set
   * @throws WEFT_REGISTRY_UNAVAILABLE
   */
  async set(key: string, value: unknown, options: SetOptions = {}): Promise<void> {
    this.assertOpen();
    if (!('ifRevision' in options)) return this.center.set(parseConfigKey(key), value);
    await this.center.compareAndSet(parseConfigKey(key), value, parseCondition(options.ifRevision));
  }

  /**
   * The value and its revision as the backend has them at this moment, for `set` with `ifRevision`; undefined when the key
   * does not exist.
   * @throws WEFT_REGISTRY_UNAVAILABLE
   */
  async current(key: string): Promise<ConfigRevision | undefined> {
    this.assertOpen();
    const entry = await this.center.findNow(parseConfigKey(key));
    return entry && revisionOf(entry);
  }

  /**
   * Removes a value, whatever its format; one that does not exist is no error.
   * @throws WEFT_REGISTRY_UNAVAILABLE
   */
  async remove(key: string): Promise<void> {
    this.assertOpen();
    await this.center.remove(parseConfigKey(key));
  }

  /**
   * All values below the prefix by key, named as `get` finds them in any format. A bad value without an earlier good one
   * is left out, and told as `rejected`.
   * @throws WEFT_REGISTRY_UNAVAILABLE
   */
  async list(): Promise<Record<string, unknown>> {
    this.assertOpen();
    const found: [string, unknown][] = [];
    for (const [key, entry] of await this.center.list()) {
      this.observe(key, entry);
      await this.view(key).then(
        (value) => found.push([key, value]),
        () => {},
      );
    }
    return Object.fromEntries(found);
  }

  /**
   * All values below a prefix as they are at one moment, from one answer of the backend, frozen; keys without the prefix.
   * In place of a bad value stands its last good one. While the config center is away: as it was last.
   * @throws WEFT_CONFIG_INVALID when a value is bad and there has never been a good one
   * @throws WEFT_REGISTRY_UNAVAILABLE when nothing is known
   */
  async snapshot(prefix = ''): Promise<Readonly<Record<string, unknown>>> {
    this.assertOpen();
    const within = prefix === '' ? '' : parseConfigKey(prefix);
    return snapshotOf(within, await this.center.below(within), (key, entry) => {
      this.observe(key, entry);
      return this.view(key);
    });
  }

  /**
   * What a key held so far, newest first, as far as the backend remembers.
   * @throws WEFT_INVALID_ARGUMENT when the driver keeps no history
   * @throws WEFT_REGISTRY_UNAVAILABLE
   */
  async history(key: string): Promise<readonly ConfigRevision[]> {
    this.assertOpen();
    return (await this.center.history(parseConfigKey(key))).map(revisionOf);
  }

  /** As `get`, for people to see: a copy whose secrets are `[redacted]`. @throws as `get` */
  async redacted(key: string): Promise<unknown> {
    return this.secrets.redacted(key, await this.get(key));
  }

  /** Ends all watches and closes the driver. Idempotent. @throws WEFT_REGISTRY_UNAVAILABLE when the driver does not close */
  async close(): Promise<void> {
    this.isClosed = true;
    this.freshness.close();
    for (const watches of this.watches.values()) for (const watch of [...watches]) watch.end();
    await this.center.close();
  }

  private async open(key: string, watch: ConfigWatch<unknown>, fallback: unknown): Promise<void> {
    this.assertOpen();
    const watches = this.watches.get(key) ?? new Set();
    this.watches.set(key, watches.add(watch));
    await this.center.follow().then(
      () => this.bringUp(key),
      (error: unknown) => this.bear(error, key, fallback),
    );
  }

  private forget(key: string, watch: ConfigWatch<unknown>): void {
    const watches = this.watches.get(key);
    if (watches?.delete(watch) && watches.size === 0) this.watches.delete(key);
  }

  /**
   * While the config center is away, the last good value or else the default will do. One that refuses us is no longer
   * readable either, but a default must not hide credentials that never were right.
   */
  private bear(error: unknown, key: string, fallback: unknown): void {
    const isKnown = this.values.has(key);
    if (isAway(error) ? isKnown || fallback !== undefined : isRefusal(error) && isKnown) return;
    throw error;
  }

  private catchUp(keys: ReadonlySet<string> = new Set([...this.values.keys(), ...this.watches.keys()])): void {
    for (const key of keys) if (this.values.has(key) || this.watches.has(key)) this.observe(key, this.center.peek(key));
  }

  private async bringUp(key: string): Promise<void> {
    this.observe(key, await this.center.find(key));
  }

  private observe(key: string, entry: ConfigEntry | undefined): void {
    const value = this.values.get(key);
    if (!entry) {
      if (!this.values.delete(key)) return;
      this.tell('deleted', { key });
    } else if (value) {
      if (!value.update(entry)) return;
    } else {
      this.values.set(key, this.firstValue(key, entry));
    }
    for (const watch of this.watches.get(key) ?? []) watch.refresh();
  }

  private firstValue(key: string, entry: ConfigEntry): ConfigValue {
    const isSecret = (path: readonly string[]) => this.secrets.isSecret(key, path);
    return new ConfigValue(entry, (reason) => this.reject(key, reason), isSecret);
  }

  private async view(key: string, schema?: StandardSchemaV1, fallback?: unknown): Promise<unknown> {
    const value = this.values.get(key);
    return value ? value.as(schema) : fallback;
  }

  private reject(key: string, reason: string): void {
    this.metrics.increment('config.rejected', { key });
    this.tell('rejected', { key, reason });
  }

  private assertOpen(): void {
    if (this.isClosed) throw new WeftError('WEFT_CLOSED', 'the config client is closed');
  }

  private tell<Name extends keyof ConfigEvents>(event: Name, ...payload: ConfigEvents[Name]): void {
    const isBad = event === 'rejected' || event === 'stale';
    this.logger[isBad ? 'warn' : 'info'](`config.${event}`, payload[0]);
    tell(this, event, payload[0], this.logger);
  }
}

function isAway(error: unknown): error is WeftError {
  return error instanceof WeftError && error.code === 'WEFT_REGISTRY_UNAVAILABLE';
}

function isRefusal(error: unknown): error is WeftError {
  return error instanceof WeftError && (error.code === 'WEFT_UNAUTHENTICATED' || error.code === 'WEFT_PERMISSION_DENIED');
}
