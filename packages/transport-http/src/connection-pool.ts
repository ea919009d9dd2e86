import { type Duration, keepAwake, type Timer, WeftError } from '@weft/core';
import { Checkout } from './checkout.js';
import { connectorOf } from './connection.js';
import {
  type ConnectionPoolOptions,
  type ConnectionPoolSettings,
  type PoolConnection,
  parsePoolOptions,
} from './connection-pool-options.js';
import { cancelled, HttpConnection } from './http-connection.js';
import { Lender, type PoolStats } from './lender.js';

const CLOSE_MS = 10_000;

/**
 * Connections to lend out: made on demand up to a maximum, used again, and closed when nobody needs them. Who finds none
 * waits in line, first come, first served. (S136-S144, A24; the same lending as the transport's own pools.)
 */
export class ConnectionPool<Connection extends PoolConnection = HttpConnection> {
  readonly #settings: ConnectionPoolSettings;
  readonly #create: () => Connection | Promise<Connection>;
  readonly #lender: Lender<Place<Connection>, Checkout<Connection>>;
  readonly #lent = new Map<Connection, Place<Connection>>();
  #evicting: Timer | undefined;
  #closing: Promise<void> | undefined;

  /** @throws WEFT_CONFIG_INVALID for numbers, durations or a url that cannot be */
  constructor(options?: ConnectionPoolOptions<Connection>);
  /** @param idleTimeout ms, or text such as '30s' */
  constructor(maxConnections: number, maxIdle?: number, idleTimeout?: Duration, options?: ConnectionPoolOptions<Connection>);
  constructor(
    first: ConnectionPoolOptions<Connection> | number = {},
    maxIdle?: number,
    idleTimeout?: Duration,
    more?: ConnectionPoolOptions<Connection>,
  ) {
    const options = typeof first === 'object' ? first : { ...more, maxConnections: first, maxIdle, idleTimeout };
    this.#settings = parsePoolOptions(options);
    this.#create = options.create ?? httpConnections(this.#settings);
    const { connections: max, checkoutMs, clock } = this.#settings.http;
    this.#lender = new Lender(
      { max, checkoutMs, clock },
      {
        open: () => new Place<Connection>(),
        hand: (place, checkout) => this.#hand(place, checkout),
        refuse: (checkout) => checkout.fail(this.#timeout()),
      },
    );
  }

  /**
   * A valid connection, to be given back with `returnConnection()`.
   * @throws WEFT_OVERLOADED "connection pool timeout" when none comes back in time
   * @throws WEFT_CANCELLED when the signal fires first @throws WEFT_CLOSED after close() @throws what `create` throws
   */
  async getConnection({ signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<Connection> {
    if (this.#closing) throw closed();
    if (signal?.aborted) throw cancelled(signal);
    return new Promise((resolve, reject) => {
      const checkout = new Checkout<Connection>(resolve, reject);
      this.#lender.lend(checkout);
      if (!checkout.isOver) checkout.wait(signal, () => this.#lender.unqueue(checkout));
    });
  }

  /** Takes a connection back: it goes to who waits longest, is kept, or is closed. One that is not lent is left alone. */
  returnConnection(connection: Connection): void {
    const place = this.#lent.get(connection);
    if (!place) return;
    this.#lent.delete(connection);
    this.#takeBack(place);
  }

  /** Connections, lent and idle, and who waits for one. */
  stats(): PoolStats {
    return this.#lender.stats();
  }

  /**
   * Closes idle connections, refuses who waits, and closes lent ones as they come back, after 10 s where they are.
   * Idempotent, never rejects.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#evicting?.cancel();
    for (const checkout of this.#lender.waiting) {
      this.#lender.unqueue(checkout);
      checkout.fail(closed());
    }
    const letSleep = keepAwake();
    const timer = this.#settings.http.clock.setTimer(CLOSE_MS, () => {
      for (const place of [...this.#lender.all]) this.#lender.drop(place);
    });
    await this.#lender.close();
    timer.cancel();
    letSleep();
  }

  #hand(place: Place<Connection>, checkout: Checkout<Connection>): void {
    if (place.isSound()) this.#give(place, checkout);
    else void this.#fill(place, checkout);
  }

  async #fill(place: Place<Connection>, checkout: Checkout<Connection>): Promise<void> {
    place.destroy();
    try {
      place.connection = await this.#create();
    } catch (error) {
      checkout.fail(error);
      this.#lender.giveBack(place, false);
      return;
    }
    this.#give(place, checkout);
  }

  #give(place: Place<Connection>, checkout: Checkout<Connection>): void {
    if (this.#closing) checkout.fail(closed());
    const { connection } = place;
    if (checkout.isOver || !connection) {
      this.#takeBack(place);
    } else {
      this.#lent.set(connection, place);
      checkout.succeed(connection);
    }
  }

  #takeBack(place: Place<Connection>): void {
    const { clock } = this.#settings.http;
    const { idle, waiting } = this.#lender.stats();
    place.idleSinceAt = clock.now();
    this.#lender.giveBack(place, waiting > 0 || (idle < this.#settings.maxIdle && place.isSound()));
    this.#evictLater();
  }

  /** The longest idle one is due first, so one timer serves all. */
  #evictLater(): void {
    const oldest = this.#lender.longestIdle;
    if (this.#evicting || !oldest || this.#closing) return;
    const { clock, idleMs } = this.#settings.http;
    this.#evicting = clock.setTimer(oldest.idleSinceAt + idleMs - clock.now(), () => {
      this.#evicting = undefined;
      this.#evict(clock.now() - idleMs);
    });
  }

  #evict(untilAt: number): void {
    for (let oldest = this.#lender.longestIdle; oldest && oldest.idleSinceAt <= untilAt; oldest = this.#lender.longestIdle) {
      this.#lender.drop(oldest);
    }
    this.#evictLater();
  }

  #timeout(): WeftError {
    const { connections, checkoutMs } = this.#settings.http;
    const message = `connection pool timeout: none of ${connections} connections came back within ${checkoutMs} ms`;
    return new WeftError('WEFT_OVERLOADED', message);
  }
}

/** Room for one connection: what stood in it may be replaced, and there are never more than there is room. */
class Place<Connection extends PoolConnection> {
  connection: Connection | undefined;
  idleSinceAt = 0;

  isSound(): boolean {
    try {
      return this.connection?.isValid() === true;
    } catch {
      return false;
    }
  }

  destroy(): void {
    const { connection } = this;
    this.connection = undefined;
    try {
      Promise.resolve(connection?.close()).catch(() => {});
    } catch {
      // It is given up in any case.
    }
  }
}

function httpConnections<Connection>({ http, origin }: ConnectionPoolSettings): () => Connection {
  const connect = connectorOf(http);
  const create = () => new HttpConnection(http, connect, origin);
  // Without `create`, what the pool lends is what its type parameter is by default.
  return create as unknown as () => Connection;
}

function closed(): WeftError {
  return new WeftError('WEFT_CLOSED', 'the connection pool is closed');
}
