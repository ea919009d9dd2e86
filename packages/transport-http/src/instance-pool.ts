import { type Attempt, type Reply, type Timer, WeftError } from '@weft/core';
import { buildConnector } from 'undici';
import { Connection, type ConnectionOwner } from './connection.js';
import { Exchange, type ExchangeOwner } from './exchange.js';
import type { HttpSettings } from './settings.js';
import { WaitingLine } from './waiting-line.js';

const TCP_KEEP_ALIVE_MS = 30_000;

/** The connections to one instance, and the calls that wait for one to come free. */
export class InstancePool implements ExchangeOwner, ConnectionOwner {
  readonly target: string;
  readonly responseBytes: number;
  readonly #origin: string;
  readonly #settings: HttpSettings;
  readonly #connect: buildConnector.connector;
  readonly #connections = new Set<Connection>();
  /** The last one used is used first, so that those beyond what is needed fall idle and close. */
  readonly #idle: Connection[] = [];
  readonly #waiting = new WaitingLine();
  #timer: Timer | undefined;
  #closing: Promise<void> | undefined;
  #closed: (() => void) | undefined;

  constructor(origin: string, settings: HttpSettings) {
    this.target = origin.slice(origin.indexOf('//') + 2);
    this.responseBytes = settings.responseBytes;
    this.#origin = origin;
    this.#settings = settings;
    const { tls, connectMs } = settings;
    this.#connect = buildConnector({ ...tls, timeout: connectMs, keepAlive: true, keepAliveInitialDelay: TCP_KEEP_ALIVE_MS });
  }

  /** Whether it takes no more calls. */
  get closed(): boolean {
    return this.#closing !== undefined;
  }

  /** Makes one try, at once or when a connection comes free. */
  send(attempt: Attempt): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const exchange = new Exchange(attempt, this, resolve, reject);
      const connection = this.#idle.pop() ?? this.#openConnection();
      if (connection) connection.start(exchange);
      else this.#wait(exchange);
    });
  }

  unqueue(exchange: Exchange): boolean {
    return this.#waiting.delete(exchange);
  }

  freed(connection: Connection, sound: boolean): void {
    if (!sound) this.#drop(connection);
    if (this.#waiting.size > 0) this.#startNext(sound ? connection : this.#openConnection());
    else if (sound && !this.#closing) this.#idle.push(connection);
    else if (sound) this.#drop(connection);
  }

  spent(connection: Connection): void {
    const at = this.#idle.indexOf(connection);
    if (at >= 0) this.#idle.splice(at, 1);
    this.#drop(connection);
  }

  /** Calls under way and waiting ones finish; those that have not by `destroy` are cut. */
  close(): Promise<void> {
    this.#closing ??= new Promise((resolve) => {
      this.#closed = resolve;
      for (const connection of this.#idle.splice(0)) this.#drop(connection);
      this.#resolveWhenClosed();
    });
    return this.#closing;
  }

  /** Cuts every call that is still under way, or waits, with `error`. */
  destroy(error: Error): void {
    for (const exchange of this.#waiting.all()) exchange.abort(error);
    for (const connection of [...this.#connections]) connection.exchange?.abort(error);
  }

  #openConnection(): Connection | undefined {
    if (this.#connections.size >= this.#settings.connections) return undefined;
    const connection = new Connection(this.#origin, this.#settings, this.#connect, this);
    this.#connections.add(connection);
    return connection;
  }

  #drop(connection: Connection): void {
    connection.destroy();
    this.#connections.delete(connection);
    this.#resolveWhenClosed();
  }

  #resolveWhenClosed(): void {
    if (this.#connections.size > 0 || this.#waiting.size > 0) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#closed?.();
  }

  #startNext(connection: Connection | undefined): void {
    const next = this.#waiting.first;
    if (!next || !connection) return;
    this.#waiting.delete(next);
    connection.start(next);
  }

  /** All wait equally long, so one timer for the first serves all. */
  #wait(exchange: Exchange): void {
    const { clock, checkoutMs } = this.#settings;
    this.#waiting.push(exchange, clock.now() + checkoutMs);
    this.#timer ??= clock.setTimer(checkoutMs, () => this.#refuseOverdue());
  }

  #refuseOverdue(): void {
    const { clock, connections, checkoutMs } = this.#settings;
    const now = clock.now();
    this.#timer = undefined;
    for (let exchange = this.#waiting.first; exchange; exchange = this.#waiting.first) {
      const { waitsUntilAt = now } = exchange;
      if (waitsUntilAt > now) {
        this.#timer = clock.setTimer(waitsUntilAt - now, () => this.#refuseOverdue());
        return;
      }
      const message = `${this.target}: none of ${connections} connections came free within ${checkoutMs} ms`;
      exchange.abort(new WeftError('WEFT_OVERLOADED', message));
    }
  }
}
