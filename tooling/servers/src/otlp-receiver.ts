import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { type ReceivedSpan, readSpans } from './otlp-spans.js';

/** What a receiver does with a report: takes it, refuses it with a status, or never answers. */
export type ReceiverAnswer = 'take' | 'never' | number;

/** A request as it came. */
export interface ReceivedRequest {
  /** Path and query. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: IncomingHttpHeaders;
  /** The body, unzipped. */
  readonly body: Buffer;
}

/**
 * A collector for tests: takes OTLP over HTTP as protobuf at `/v1/traces` on a port of its own of 127.0.0.1, and shows the
 * spans. It can be told to fail. Bodies at other paths are kept, and not read.
 */
export class OtlpReceiver {
  /** What becomes of the next reports. Only spans of those that are taken are kept. */
  answer: ReceiverAnswer = 'take';
  /** How long an answer takes, in ms. */
  delayMs = 0;
  /** Spans that were taken, oldest first. */
  readonly spans: ReceivedSpan[] = [];
  /** All requests, refused ones too, oldest first. */
  readonly requests: ReceivedRequest[] = [];
  readonly #server: Server;
  readonly #arrivals = new EventEmitter();

  private constructor() {
    this.#arrivals.setMaxListeners(0);
    this.#server = createServer((request, response) => {
      this.#receive(request, response).catch((error: unknown) => response.writeHead(400).end(String(error)));
    });
  }

  /** Opens one on `port`, any free one unless given. */
  static async open(port = 0): Promise<OtlpReceiver> {
    const receiver = new OtlpReceiver();
    receiver.#server.listen(port, '127.0.0.1');
    await once(receiver.#server, 'listening');
    return receiver;
  }

  /** The port that it listens on. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Such as `http://127.0.0.1:4318`. */
  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Resolves once `isEnough` says so of the receiver; it is asked after every request. */
  async until(isEnough: (receiver: OtlpReceiver) => boolean): Promise<void> {
    while (!isEnough(this)) await once(this.#arrivals, 'request');
  }

  /** The spans that came from the processes of one service. */
  spansOf(service: string): readonly ReceivedSpan[] {
    return this.spans.filter((span) => span.resource['service.name'] === service);
  }

  /** How many connections are open. */
  connections(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
    });
  }

  /** Ends every connection, also those that were never answered. */
  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const sent = Buffer.concat(pieces);
    const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
    const path = request.url ?? '';
    this.requests.push({ path, headers: request.headers, body });
    if (this.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, this.delayMs));
    const { answer } = this;
    if (answer === 'take' && path === '/v1/traces') this.spans.push(...readSpans(body));
    if (answer !== 'never')
      response.writeHead(answer === 'take' ? 200 : answer, { 'content-type': 'application/x-protobuf' }).end();
    this.#arrivals.emit('request');
  }
}
