import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock, Endpoint, Listening, Timer } from '@weft/core';

const SWEEP_MS = 50;

/** A node:http server that accepts connections, and how it leaves. */
export class HttpListening implements Listening {
  /** Whether answers tell callers to use another connection from now on. */
  isLeaving = false;
  readonly #server: Server;
  readonly #clock: Clock;
  readonly #sockets = new Set<Socket>();
  /** Answers that a mounted handler writes. */
  readonly #handedOver = new Set<ServerResponse>();
  #closed: Promise<void> | undefined;
  readonly #protocol: string;
  #port = 0;

  constructor(server: Server, { clock, protocol }: { clock: Clock; protocol: string }) {
    this.#server = server;
    this.#clock = clock;
    this.#protocol = protocol;
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  /** Where it listens; keeps its port after it is closed. */
  get endpoint(): Endpoint {
    const address = this.#server.address();
    if (address !== null && typeof address === 'object') this.#port = address.port;
    return { protocol: this.#protocol, port: this.#port };
  }

  /** From now on answers carry `connection: close`; new connections are still accepted. */
  leave(): void {
    this.isLeaving = true;
    for (const response of this.#handedOver) sayClose(response);
  }

  /** Sees to it that an answer that is not ours carries `connection: close`, too, when it begins while we leave. */
  handOver(response: ServerResponse): void {
    if (this.isLeaving) sayClose(response);
    this.#handedOver.add(response);
    response.once('close', () => this.#handedOver.delete(response));
  }

  /** Stops accepting; resolves when what runs is answered, or is cut after `graceMs`. */
  async drain(graceMs: number): Promise<void> {
    this.leave();
    const closed = this.#stopAccepting();
    const sweep = this.#sweepIdle();
    const grace = this.#clock.setTimer(graceMs, () => this.#cutAll());
    await closed;
    grace.cancel();
    sweep.cancel();
  }

  /** Cuts every connection. Idempotent. */
  async close(): Promise<void> {
    const closed = this.#stopAccepting();
    this.#cutAll();
    await closed;
  }

  /** Also those that node:http does not count as its own: a TLS handshake that has begun and does not go on. */
  #cutAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #stopAccepting(): Promise<void> {
    this.#closed ??= new Promise((resolve) => this.#server.close(() => resolve()));
    return this.#closed;
  }

  /** Connections that fell idle after an answer without `connection: close`, and those that have never sent a byte. */
  #sweepIdle(): Timer {
    let timer: Timer | undefined;
    const sweep = () => {
      this.#server.closeIdleConnections();
      for (const socket of this.#sockets) if (socket.bytesRead === 0) socket.destroy();
      timer = this.#clock.setTimer(SWEEP_MS, sweep);
    };
    sweep();
    return { cancel: () => timer?.cancel() };
  }
}

function sayClose(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('connection', 'close');
}
