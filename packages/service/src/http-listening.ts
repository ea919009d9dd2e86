import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';
import { type Clock, type Endpoint, type Listening, TIMEOUT_HEADER, type Timer } from '@weft/core';

const SWEEP_MS = 50;
/** A caller that has connected may not have come to its first byte yet; cut off then, it cannot tell whether it was heard. */
const FIRST_BYTE_MS = 2_000;
/** Connections that may wait to be accepted: node's own limit. */
const BACKLOG = 511;
/** A caller that hears late that we leave may be about to use a connection that looks idle: so much later than it had to. */
const LATENESS = { times: 3, mostMs: 1_000 };
/** Callers of ours close what they do not need as soon as they hear. One that has not stands still, or does not hear at all. */
const LATENESS_OF_OURS = { times: 10, mostMs: 5_000 };

/** A node:http server that accepts connections, and how it leaves. */
export class HttpListening implements Listening {
  /** Whether answers tell callers to use another connection from now on. */
  isLeaving = false;
  readonly #server: Server;
  readonly #clock: Clock;
  /** With the instant at which each was accepted. */
  readonly #sockets = new Map<Socket, number>();
  #accepted = 0;
  /** Those of callers that are seen to follow the registry. */
  readonly #ours = new Set<Socket>();
  /** Answers that a mounted handler writes. */
  readonly #handedOver = new Set<ServerResponse>();
  #closed: Promise<void> | undefined;
  #leftAt: number | undefined;
  readonly #protocol: string;
  #port = 0;

  constructor(server: Server, { clock, protocol }: { clock: Clock; protocol: string }) {
    this.#server = server;
    this.#clock = clock;
    this.#protocol = protocol;
    server.on('connection', (socket: Socket) => {
      this.#accepted++;
      this.#sockets.set(socket, clock.now());
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
    this.#leftAt ??= this.#clock.now();
    for (const response of this.#handedOver) sayClose(response);
  }

  /** Takes note of who called: one that says how long it waits is a caller of ours. */
  hear({ socket, headers }: IncomingMessage): void {
    if (this.#ours.has(socket) || socket.destroyed || headers[TIMEOUT_HEADER] === undefined) return;
    this.#ours.add(socket);
    socket.once('close', () => this.#ours.delete(socket));
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
    await this.#acceptWaiting();
    const closed = this.#stopAccepting();
    const sweep = this.#sweepIdle(this.#clock.now());
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
    for (const socket of this.#sockets.keys()) socket.destroy();
  }

  /**
   * Resolves when nobody waits to be accepted, since closing resets those who do, and with them what they have sent. Each turn of
   * the loop accepts one (libuv from 1.45); the first turn may belong to a poll that has begun already.
   */
  async #acceptWaiting(): Promise<void> {
    await polled();
    for (let turn = 0; turn < BACKLOG; turn++) {
      const before = this.#accepted;
      await polled();
      if (this.#accepted === before) return;
    }
  }

  #stopAccepting(): Promise<void> {
    this.#closed ??= new Promise((resolve) => {
      // That of node:http cuts idle connections first; it comes last, for the sake of its timer.
      NetServer.prototype.close.call(this.#server, () => {
        this.#server.close();
        resolve();
      });
    });
    return this.#closed;
  }

  /** Until when connections that nobody has used since we began to leave are kept, for callers that are late. */
  #idleUntil(drainedAt: number): number {
    const leftAt = this.#leftAt ?? drainedAt;
    const { times, mostMs } = this.#ours.size > 0 ? LATENESS_OF_OURS : LATENESS;
    return leftAt + Math.min(mostMs, times * (drainedAt - leftAt));
  }

  /** Connections that fell idle after an answer without `connection: close`, and those that do not come to their first byte. */
  #sweepIdle(drainedAt: number): Timer {
    let timer: Timer | undefined;
    let isOver = false;
    const sweep = () => {
      if (isOver) return;
      const nowMs = this.#clock.now();
      if (nowMs >= this.#idleUntil(drainedAt)) this.#server.closeIdleConnections();
      for (const [socket, acceptedAt] of this.#sockets) {
        if (socket.bytesRead === 0 && nowMs - acceptedAt >= FIRST_BYTE_MS) socket.destroy();
      }
      timer = this.#clock.setTimer(SWEEP_MS, () => void polled().then(sweep));
    };
    sweep();
    const cancel = () => {
      isOver = true;
      timer?.cancel();
    };
    return { cancel };
  }
}

/**
 * Resolves when what has arrived at the process by now has been read. Timers run before that: after a pause of the process,
 * connections look idle, or are not accepted yet, whose requests have long arrived.
 */
function polled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function sayClose(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('connection', 'close');
}
