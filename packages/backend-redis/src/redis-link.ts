import { probePeer, sleep, WeftError } from '@weft/core';
import { givenUp } from './answered.js';
import type { RedisClient } from './open-client.js';
import { reconnectPauseMs } from './reconnect-pause.js';
import { isFatal, redisError } from './redis-error.js';
import type { RedisSettings } from './redis-options.js';

/** How often a server is asked for a sign of life. */
const PROBE_MS = 500;
/** For how long one question may stay without an answer: a server that takes 3 s for everything is slow, and not silent. */
const SILENCE_MS = 3_400;
/** A server that refuses us is not asked more often. */
const ASK_AGAIN_MS = 1_000;

interface Waiter<Client> {
  readonly resolve: (client: Client) => void;
  readonly reject: (error: WeftError) => void;
}

/** What a `RedisLink` is made with. */
export interface RedisLinkOptions<Client extends RedisClient> {
  /** Connects once; gives up when the signal is aborted. */
  readonly open: (signal: AbortSignal) => Promise<Client>;
  /** Time, randomness, log. */
  readonly settings: RedisSettings;
  /** Who is linked, for errors: `redis at host:port`. */
  readonly peer: string;
  /** Told when there is a new connection. */
  readonly onUp?: (client: Client) => void;
  /** Told when it has gone. */
  readonly onDown?: (error: WeftError) => void;
  /** Whether changes of state are logged. */
  readonly isLogged: boolean;
}

/**
 * A connection that is there again after every failure: each try is a new client of the library, because a client that
 * heals itself hides what was missed meanwhile. A server that falls silent is found by a `PING` every 0.5 s.
 */
export class RedisLink<Client extends RedisClient> {
  private current: Client | undefined;
  private leaving: AbortController | undefined;
  private lost: WeftError;
  private failures = 0;
  /** Since when it waits for the next try; undefined while it tries, or is connected. */
  private restingSinceAt: number | undefined;
  private hasSaid = false;
  private waiting: Waiter<Client>[] = [];
  private giveUp: (error: WeftError) => void = () => {};
  private pause = new AbortController();
  private readonly closing = new AbortController();

  constructor(private readonly options: RedisLinkOptions<Client>) {
    this.lost = new WeftError('WEFT_REGISTRY_UNAVAILABLE', `${options.peer}: not connected yet`, { failure: 'refused' });
    void this.run();
  }

  /** Resolves when the try that is under way is over, whatever came of it, or the signal is aborted. */
  tried(signal: AbortSignal): Promise<void> {
    return this.connected(signal).then(
      () => {},
      () => {},
    );
  }

  /** The client while it is connected. */
  get client(): Client | undefined {
    return this.current;
  }

  /** Fires when the connection that there is has gone; undefined when there is none. */
  get down(): AbortSignal | undefined {
    return this.leaving?.signal;
  }

  /** Why there is no client. */
  get error(): WeftError {
    return this.lost;
  }

  /** Whether the server has refused us, and is left alone until the next try is due, or somebody asks. */
  get isRefused(): boolean {
    return this.restingSinceAt !== undefined && this.lost.failure === undefined;
  }

  /**
   * The client, as soon as the try that is under way or due works. A server that refused us is asked again at once, unless
   * it just was.
   * @throws WEFT_REGISTRY_UNAVAILABLE and what else the server says, when the try fails
   */
  connected(signal: AbortSignal): Promise<Client> {
    if (this.current) return Promise.resolve(this.current);
    if (signal.aborted) return Promise.reject(givenUp(`${this.options.peer}: connecting`, signal));
    if (this.isRefused) {
      if (this.options.settings.clock.now() - (this.restingSinceAt ?? 0) < ASK_AGAIN_MS) return Promise.reject(this.lost);
      this.hurry();
    }
    return new Promise((resolve, reject) => {
      const end = () => {
        signal.removeEventListener('abort', onAbort);
        this.waiting = this.waiting.filter((one) => one !== waiter);
      };
      const waiter: Waiter<Client> = {
        resolve: (client) => {
          end();
          resolve(client);
        },
        reject: (error) => {
          end();
          reject(error);
        },
      };
      const onAbort = () => waiter.reject(givenUp(`${this.options.peer}: connecting`, signal));
      signal.addEventListener('abort', onAbort, { once: true });
      this.waiting.push(waiter);
    });
  }

  /** Ends the connection that there is, to begin anew. */
  drop(error: WeftError): void {
    this.giveUp(error);
  }

  /** Tries now instead of waiting: somebody else has just reached the server. */
  hurry(): void {
    this.pause.abort();
  }

  /** Connects no more. Idempotent. */
  close(): void {
    if (this.closing.signal.aborted) return;
    const error = new WeftError('WEFT_CLOSED', `${this.options.peer}: closed`);
    this.closing.abort(error);
    this.giveUp(error);
    this.lost = error;
    for (const { reject } of this.waiting) reject(error);
  }

  private async run(): Promise<void> {
    const { clock, random } = this.options.settings;
    const { signal } = this.closing;
    while (!signal.aborted) {
      const error = await this.session();
      if (signal.aborted) return;
      const pauseMs = reconnectPauseMs(this.failures++, error.failure === undefined, random);
      this.pause = new AbortController();
      this.restingSinceAt = clock.now();
      await sleep(pauseMs, clock, AbortSignal.any([signal, this.pause.signal])).catch(() => {});
      this.restingSinceAt = undefined;
    }
  }

  /** Connects, and waits until the connection has gone. Resolves to why. */
  private async session(): Promise<WeftError> {
    try {
      const client = await this.options.open(this.closing.signal);
      const error = await this.served(client);
      client.disconnect();
      this.current = undefined;
      this.leaving?.abort(error);
      this.leaving = undefined;
      this.tell(error, 'redis is out of reach');
      this.options.onDown?.(error);
      return error;
    } catch (error) {
      const failed = redisError(error, this.options.peer);
      this.tell(failed, isFatal(failed) ? 'redis refuses us' : 'redis cannot be reached');
      for (const { reject } of this.waiting) reject(failed);
      return failed;
    }
  }

  private served(client: Client): Promise<WeftError> {
    const { settings, peer, onUp } = this.options;
    return new Promise((resolve) => {
      let isOver = false;
      const end = (error: WeftError) => {
        if (isOver) return;
        isOver = true;
        stopProbe();
        this.giveUp = () => {};
        resolve(error);
      };
      // Bytes that mean nothing are an answer; what only broke has no error, or one of the wire.
      let cause: unknown;
      client.on('error', (error: unknown) => {
        cause ??= error;
      });
      const silent = () =>
        new WeftError('WEFT_REGISTRY_UNAVAILABLE', `${peer}: silent for ${SILENCE_MS} ms`, { failure: 'timeout' });
      const gone = () =>
        cause === undefined
          ? new WeftError('WEFT_REGISTRY_UNAVAILABLE', `${peer}: the connection was lost`, { failure: 'reset' })
          : redisError(cause, `${peer}: the connection was lost`);
      const stopProbe = probePeer({
        ask: () => client.ping(),
        everyMs: PROBE_MS,
        silenceMs: SILENCE_MS,
        clock: settings.clock,
        onSilent: () => end(silent()),
      });
      this.giveUp = end;
      client.once('end', () => end(gone()));
      if (this.closing.signal.aborted) return end(this.lost);
      this.current = client;
      this.leaving = new AbortController();
      this.failures = 0;
      this.back();
      onUp?.(client);
      for (const { resolve: use } of this.waiting) use(client);
    });
  }

  private tell(error: WeftError, message: string): void {
    this.lost = error;
    if (this.hasSaid || this.closing.signal.aborted) return;
    this.hasSaid = true;
    if (this.options.isLogged) this.options.settings.logger.warn(message, { peer: this.options.peer, error: error.message });
  }

  private back(): void {
    if (this.hasSaid && this.options.isLogged) this.options.settings.logger.info('redis is back', { peer: this.options.peer });
    this.hasSaid = false;
  }
}
