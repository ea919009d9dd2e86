import type { Clock, Duration, Logger, Metrics, Random, StandardSchemaV1 } from '@weft/core';

/** What a `ConfigClient` is made with; everything has a default. */
export interface ConfigOptions {
  /** What stands before each key, with a `/`; default `config`. */
  readonly prefix?: string | undefined;
  /** By when every operation has ended; default 10 s. */
  readonly timeout?: Duration | undefined;
  /** How long the config center may be out of contact before `stale` is told; default 10 s. */
  readonly staleAfter?: Duration | undefined;
  /**
   * What is not to be shown: ends of paths, such as `database.password` or `*.pin`, `*` standing for any characters. Beside
   * what sounds like a secret anyway (password, secret, token, credential, api key, private key).
   */
  readonly secrets?: readonly string[] | undefined;
  /** Default the process's monotonic clock. */
  readonly clock?: Clock | undefined;
  /** Default the process's random numbers. */
  readonly random?: Random | undefined;
  /** Default silent. */
  readonly logger?: Logger | undefined;
  /** Default none. */
  readonly metrics?: Metrics | undefined;
}

/** What a `ConfigClient` tells, each once. Keys are named as they were asked for, without prefix. */
export interface ConfigEvents {
  /** A text does not parse, or its schema refuses it: the last good value stays in force. */
  rejected: [{ readonly key: string; readonly reason: string }];
  /** A key that had a value has none now: its readers fall to their defaults. */
  deleted: [{ readonly key: string }];
  /** The config center has been out of contact for `staleAfter`; the last values stay in use. */
  stale: [{ readonly reason: string }];
  /** It is in contact again. */
  recovered: [];
}

/** What a value is read with. */
export interface ReadOptions<T = unknown> {
  /** The value while the key does not exist, or while the config center was never reached. */
  readonly default?: T | undefined;
}

/** What a value is written with. */
export interface SetOptions {
  /** Write only while the value has this revision, of `current`; `null`: only while there is no value. */
  readonly ifRevision?: string | null;
}

/** What a value is watched with. */
export interface WatchOptions<T = unknown> extends ReadOptions<T> {
  /** Checks and types every value; one that it refuses is not given out. */
  readonly schema?: StandardSchemaV1<unknown, T> | undefined;
  /** Ends the watch. */
  readonly signal?: AbortSignal | undefined;
}
