import { type Attempt, type Reply, WeftError } from '@weft/core';
import type { buildConnector } from 'undici';
import { Connection, type ConnectionOwner, connectorOf } from './connection.js';
import { Exchange, type ExchangeOwner } from './exchange.js';
import { Lender, type Lending, type PoolStats } from './lender.js';
import type { HttpSettings } from './settings.js';

/** Requests that get no second chance when the server closes the connection at the moment of reuse. */
const UNREPEATABLE: ReadonlySet<string> = new Set(['POST', 'PATCH']);

/**
 * Runs when what the kernel has by now has been read: a connection that its server has closed while this process was busy
 * shows only then, and is not taken. Two turns, because the first may belong to a poll that has begun already.
 */
function afterPoll(run: () => void): void {
  setImmediate(() => setImmediate(run));
}

/** The connections to one instance, and the calls that wait for one to come free. */
export class InstancePool implements ExchangeOwner, ConnectionOwner, Lending<Connection, Exchange> {
  /** `http://host:port`. */
  readonly origin: string;
  readonly target: string;
  readonly responseBytes: number;
  readonly #settings: HttpSettings;
  readonly #connect: buildConnector.connector;
  readonly #lender: Lender<Connection, Exchange>;

  constructor(origin: string, settings: HttpSettings) {
    this.target = origin.slice(origin.indexOf('//') + 2);
    this.responseBytes = settings.responseBytes;
    this.origin = origin;
    this.#settings = settings;
    this.#connect = connectorOf(settings);
    const { connections: max, checkoutMs, clock } = settings;
    this.#lender = new Lender({ max, checkoutMs, clock }, this);
  }

  /** Whether it takes no more calls. */
  get closed(): boolean {
    return this.#lender.closed;
  }

  /** Makes one try, at once or when a connection comes free. */
  send(attempt: Attempt): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const exchange = new Exchange(attempt, this, resolve, reject);
      if (!UNREPEATABLE.has(attempt.method)) this.#lender.lend(exchange);
      else
        afterPoll(() => {
          if (!exchange.aborted) this.#lender.lend(exchange);
        });
    });
  }

  /** Connections and waiting calls. */
  stats(): PoolStats {
    return this.#lender.stats();
  }

  /** Calls under way and waiting ones finish; those that have not by `destroy` are cut. */
  close(): Promise<void> {
    return this.#lender.close();
  }

  /** Cuts every call that is still under way, or waits, with `error`. */
  destroy(error: Error): void {
    for (const exchange of this.#lender.waiting) exchange.abort(error);
    for (const connection of [...this.#lender.all]) connection.exchange?.abort(error);
  }

  open(): Connection {
    return new Connection(this.origin, this.#settings, this.#connect, this);
  }

  hand(connection: Connection, exchange: Exchange): void {
    connection.start(exchange);
  }

  refuse(exchange: Exchange): void {
    const { connections, checkoutMs } = this.#settings;
    const message = `${this.target}: none of ${connections} connections came free within ${checkoutMs} ms`;
    exchange.abort(new WeftError('WEFT_OVERLOADED', message));
  }

  unqueue(exchange: Exchange): boolean {
    return this.#lender.unqueue(exchange);
  }

  freed(connection: Connection, sound: boolean): void {
    this.#lender.giveBack(connection, sound);
  }

  spent(connection: Connection): void {
    this.#lender.drop(connection);
  }
}
