import type { Timer } from '@weft/core';
import { buildConnector, Client } from 'undici';
import { type Carrier, type Exchange, requestBody } from './exchange.js';
import type { HttpSettings } from './settings.js';

const HINT_MARGIN_MS = 2_000;
const TCP_KEEP_ALIVE_MS = 30_000;

/** What a connection tells its pool. */
export interface ConnectionOwner {
  /** It has carried an exchange to its end; `sound` when it can carry another one. */
  freed(connection: Connection, sound: boolean): void;
  /** It is idle, and the server has closed it or it has become too old. */
  spent(connection: Connection): void;
}

/**
 * One socket, or the way to it: a client of undici that carries one exchange at a time. We do without undici's pool: it
 * scans its clients on each call, opens a new socket after each aborted call, and loses queued calls when it ages clients.
 */
export class Connection implements Carrier {
  readonly #client: Client;
  readonly #timer: Timer;
  readonly #owner: ConnectionOwner;
  #exchange: Exchange | undefined;
  #aged = false;
  #isUsed = false;

  constructor(origin: string, settings: HttpSettings, connect: buildConnector.connector, owner: ConnectionOwner) {
    this.#owner = owner;
    this.#client = openClient(origin, settings, connect);
    this.#client.on('disconnect', () => this.#leave());
    const maxAgeMs = settings.maxAgeMs * (0.9 + 0.2 * settings.random());
    this.#timer = settings.clock.setTimer(maxAgeMs, () => {
      this.#aged = true;
      this.#leave();
    });
  }

  /** The exchange that it is busy with. */
  get exchange(): Exchange | undefined {
    return this.#exchange;
  }

  /** Puts an exchange on the wire, connecting first where that is needed. */
  start(exchange: Exchange): void {
    this.#exchange = exchange;
    exchange.connection = this;
    exchange.reused = this.#isUsed;
    const { method, path, headers, body } = exchange.attempt;
    this.#client.dispatch({ method, path, headers, body: requestBody(body) }, exchange);
  }

  ended(sound: boolean): void {
    this.#exchange = undefined;
    this.#isUsed = true;
    this.#owner.freed(this, sound && !this.#aged && !this.#client.destroyed);
  }

  /** Closes it at once; an exchange that is under way fails with `error`. */
  destroy(error?: Error): void {
    this.#timer.cancel();
    this.#client.destroy(error ?? null, () => {});
  }

  #leave(): void {
    if (!this.#exchange) this.#owner.spent(this);
  }
}

/** What opens the sockets of connections; one serves many, and resumes their TLS sessions. */
export function connectorOf({ tls, connectMs }: HttpSettings): buildConnector.connector {
  return buildConnector({ ...tls, timeout: connectMs, keepAlive: true, keepAliveInitialDelay: TCP_KEEP_ALIVE_MS });
}

function openClient(origin: string, settings: HttpSettings, connect: buildConnector.connector): Client {
  return new Client(origin, {
    connect,
    pipelining: 1,
    keepAliveTimeout: settings.idleMs,
    keepAliveTimeoutThreshold: HINT_MARGIN_MS,
    headersTimeout: settings.headersMs,
    bodyTimeout: settings.bodyMs,
    maxHeaderSize: settings.headerBytes,
  });
}
