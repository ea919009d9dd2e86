import type { OperationOptions } from './registry.js';

/** One value of the config center as the backend holds it. */
export interface ConfigEntry {
  /** Full key with prefix, parts joined by `/`; a suffix `.json .yaml .txt` tells the format. */
  readonly key: string;
  /** The value as it was written, UTF-8. */
  readonly text: string;
  /** The backend's version of the value, where it has one. */
  readonly revision?: string;
}

/** A full list, or one change to the last list. */
export type ConfigEvent =
  | { readonly list: readonly ConfigEntry[] }
  | { readonly put: ConfigEntry }
  | { readonly removed: string };

/** What a config backend can do. */
export interface ConfigSupport {
  /** Upper bound from a change to the watchers that see it, in ms. */
  readonly propagationMs: number;
  /** Whether processes see each other. */
  readonly multiProcess: boolean;
  /** Whether `history` is there. */
  readonly history: boolean;
  /** Whether `set` heeds `ifRevision`; then every entry has a revision. */
  readonly compareAndSet: boolean;
}

/** What a value is written with. */
export interface WriteOptions extends OperationOptions {
  /** Write only while the value has this revision; `null`: only while there is no value. */
  readonly ifRevision?: string | null;
}

/** One backend's way to keep texts under keys. Parsing, schemas and last good values are the work of `ConfigClient`. */
export interface ConfigDriver {
  /** What this backend can do. */
  readonly supports: ConfigSupport;
  /** @throws WEFT_REGISTRY_UNAVAILABLE */
  get(key: string, options: OperationOptions): Promise<ConfigEntry | undefined>;
  /**
   * Writes the value; with `ifRevision` atomically, or not at all.
   * @throws WEFT_CONFLICT when the value has another revision
   * @throws WEFT_INVALID_ARGUMENT for `ifRevision` on a backend without `compareAndSet`
   * @throws WEFT_REGISTRY_UNAVAILABLE
   */
  set(key: string, text: string, options: WriteOptions): Promise<void>;
  /** Idempotent. @throws WEFT_REGISTRY_UNAVAILABLE */
  remove(key: string, options: OperationOptions): Promise<void>;
  /** All entries whose key is `prefix` or lies below it. @throws WEFT_REGISTRY_UNAVAILABLE */
  list(prefix: string, options: OperationOptions): Promise<readonly ConfigEntry[]>;
  /** Newest first. @throws WEFT_REGISTRY_UNAVAILABLE */
  history?(key: string, options: OperationOptions): Promise<readonly ConfigEntry[]>;
  /** As `RegistryDriver.watch`: a list first and after every resync; may end or throw. @throws WEFT_REGISTRY_UNAVAILABLE */
  watch(prefix: string, options: OperationOptions): AsyncIterable<ConfigEvent>;
  /** Gives back every handle, timer and listener. Idempotent, never rejects. */
  close(): Promise<void>;
}
