import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import type { Backend } from './backend.js';

/** How a bad server answers: with an error of its own, with what means nothing, or (Consul) as if all changed all the time. */
export type Badness = 'errors' | 'nonsense' | 'churn';

/** Something that speaks a backend's protocol and never says anything useful. */
export interface BadServer {
  /** Its port on 127.0.0.1. */
  readonly port: number;
  /** When requests came, of `performance.now()`. */
  readonly requestedAt: readonly number[];
  /** Ends it and its connections. */
  close(): Promise<void>;
}

type Note = () => number;

/**
 * A server that answers each request badly: Consul 500 "No cluster leader", or indexes of no use, or a new one each time; etcd UNAVAILABLE
 * "etcdserver: no leader", or bytes that are no message; Redis `-LOADING`, or a type that does not exist. Of Consul only
 * what watches ask is bad and counted, the rest reaches the real one at `realPort`; of Redis a connection counts once,
 * whatever it asks before it gives up.
 */
export async function openBadServer(driver: Backend['driver'], how: Badness, realPort: number): Promise<BadServer> {
  const requestedAt: number[] = [];
  const note = () => requestedAt.push(performance.now());
  const server = { consul: badConsul, etcd: badEtcd, redis: badRedis }[driver](how, note, realPort);
  const sockets = new Set<{ destroy(): void }>();
  server.on('connection', (socket) => sockets.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    requestedAt,
    async close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Index 0, backwards, none, no number: what a watch must not take for a place to go on from. */
const BAD_INDEXES = ['0', '1000', '5', undefined, 'abc', '-1', '1e3'];

function badConsul(how: Badness, note: Note, realPort: number): Server {
  return createHttpServer((asked, reply) => {
    if (!asked.url?.startsWith('/v1/health/service/')) return pass(asked, reply, realPort);
    const count = note();
    if (how === 'errors') reply.writeHead(500).end('No cluster leader');
    else
      pass(asked, reply, realPort, { index: how === 'churn' ? String(1_000 + count) : BAD_INDEXES[count % BAD_INDEXES.length] });
  });
}

/** Hands a request on; with `said` it never blocks, and the answer has another index, or none. */
function pass(asked: IncomingMessage, reply: ServerResponse, port: number, said?: { readonly index: string | undefined }): void {
  const { method, headers, url = '' } = asked;
  const path = said ? url.replaceAll(/([?&])(?:index|wait)=[^&]*/g, '$1') : url;
  const onward = request({ host: '127.0.0.1', port, method, path, headers }, (answer) => {
    const { 'x-consul-index': index, ...others } = answer.headers;
    const shown = said ? said.index : index;
    reply.writeHead(answer.statusCode ?? 502, { ...others, ...(shown !== undefined && { 'x-consul-index': shown }) });
    answer.pipe(reply);
  });
  onward.on('error', () => reply.destroy());
  reply.on('close', () => onward.destroy());
  asked.pipe(onward);
}

const NO_GRPC_MESSAGE = Buffer.from([0, 0, 0, 0, 4, 0xff, 0xff, 0xff, 0xff]);

function badEtcd(how: Badness, note: Note): Server {
  const server = createHttp2Server();
  server.on('stream', (stream) => {
    note();
    stream.on('error', () => undefined);
    stream.resume();
    const headers = { ':status': 200, 'content-type': 'application/grpc' };
    if (how === 'errors') {
      stream.respond({ ...headers, 'grpc-status': '14', 'grpc-message': 'etcdserver: no leader' }, { endStream: true });
      return;
    }
    stream.respond(headers, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.end(NO_GRPC_MESSAGE);
  });
  return server;
}

function badRedis(how: Badness, note: Note): Server {
  const answer = how === 'errors' ? '-LOADING Redis is loading the dataset in memory\r\n' : '?what\r\n';
  return createTcpServer((socket) => {
    socket.on('error', () => undefined).once('data', note);
    socket.setEncoding('latin1').on('data', (text: string) => {
      const commands = text.match(/\*\d+\r\n/g)?.length ?? 0;
      socket.write(answer.repeat(commands));
    });
  });
}
