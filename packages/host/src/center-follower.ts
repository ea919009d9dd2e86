import type { ConfigClient } from '@weft/config';
import { type Clock, type Logger, messageOf, type StandardSchemaV1, sleep, WeftError } from '@weft/core';

/** What a value of the config center is followed with. */
export interface CenterFollowerOptions<Value> {
  /** Where it is kept. */
  readonly config: ConfigClient;
  /** Its key, below the prefix of the config center. */
  readonly key: string;
  /** What it may be. */
  readonly schema: StandardSchemaV1<unknown, Value>;
  /** Stands for it while the key does not exist. */
  readonly none: Value;
  /** Takes what was accepted. */
  readonly apply: (value: Value) => void;
  /** Paces the first look, and the looks at what is bad. */
  readonly clock: Clock;
  /** Told what keeps the value from being read. */
  readonly logger: Logger;
}

/** How long a start waits for what the config center has: one that is away must not keep a program from starting. */
const FIRST_LOOK_MS = 1_000;
/** How long until the next look, when there is nothing good to follow from. */
const PAUSE_MS = 500;

/**
 * Follows a value of a config center that governs the host itself. What is bad is refused whole, told by the config client as
 * `rejected`, and what was good last stays in force; as it does while the config center is away.
 */
export class CenterFollower<Value> {
  readonly #options: CenterFollowerOptions<Value>;
  readonly #ending = new AbortController();
  #following: Promise<void> | undefined;

  constructor(options: CenterFollowerOptions<Value>) {
    this.#options = options;
  }

  /** Resolves when what is there now is in force, or after a second. Never rejects. */
  async start(): Promise<void> {
    const { promise: first, resolve } = withResolve();
    this.#following = this.#follow(resolve);
    const timer = this.#options.clock.setTimer(FIRST_LOOK_MS, resolve);
    await first;
    timer.cancel();
  }

  /** Idempotent. */
  async stop(): Promise<void> {
    this.#ending.abort();
    await this.#following;
  }

  async #follow(onLooked: () => void): Promise<void> {
    const { config, key, schema, none, clock } = this.#options;
    const { signal } = this.#ending;
    while (!signal.aborted) {
      try {
        for await (const value of config.watch(key, { schema, default: none, signal })) {
          this.#apply(value);
          onLooked();
        }
        return;
      } catch (error) {
        onLooked();
        if (isClosed(error)) return;
        this.#tell(error);
        await sleep(PAUSE_MS, clock, signal).catch(() => {});
      }
    }
  }

  /** What it throws is no reason to follow no longer. */
  #apply(value: Value): void {
    const { apply, key, logger } = this.#options;
    try {
      apply(value);
    } catch (error) {
      logger.error(`what the config center says of ${key} is not in force`, { error: messageOf(error) });
    }
  }

  /** What is bad has been told as `rejected`. */
  #tell(error: unknown): void {
    if (error instanceof WeftError && error.code === 'WEFT_CONFIG_INVALID') return;
    const { key, logger } = this.#options;
    logger.warn(`what the config center says of ${key} cannot be read`, { error: messageOf(error) });
  }
}

function isClosed(error: unknown): boolean {
  return error instanceof WeftError && error.code === 'WEFT_CLOSED';
}

function withResolve(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => {};
  const promise = new Promise<void>((go) => {
    resolve = go;
  });
  return { promise, resolve };
}
