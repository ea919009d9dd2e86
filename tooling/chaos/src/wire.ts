import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { Client, type ClientOptions } from '@weft/client';
import { fixedRegistry, instanceRecord } from '@weft/conformance';
import type { ServiceInstance } from '@weft/core';
import { Registry } from '@weft/registry';
import { openHttpTransport } from '@weft/transport-http';

/** A server of this process, and what is connected to it. */
export interface WireServer {
  readonly port: number;
  readonly sockets: ReadonlySet<Socket>;
  /** Closes it and cuts what is connected. */
  close(): void;
}

/** Servers of this process that do as a test says, and clients that call them over real sockets. */
export class Wire {
  readonly #closers: (() => unknown)[] = [];

  /** An HTTP server, on a free port of 127.0.0.1 unless told otherwise. */
  async serve(handle: RequestListener, place: { readonly host?: string; readonly port?: number } = {}): Promise<WireServer> {
    return this.#listen(createHttpServer(handle), place);
  }

  /** A server of bytes on 127.0.0.1. */
  async serveBytes(serve: (socket: Socket, nth: number) => void): Promise<WireServer> {
    let nth = 0;
    return this.#listen(createServer((socket) => serve(socket, nth++)));
  }

  /** A client of `users-1` and up, one on each of the ports, or at the places given. */
  call(places: readonly (number | Partial<ServiceInstance>)[], options: Partial<ClientOptions> = {}): Client {
    const records = places.map((place, n) => {
      const change = typeof place === 'number' ? { endpoints: [{ protocol: 'http', port: place }] as const } : place;
      return instanceRecord(`users-${n + 1}`, change);
    });
    const registry = options.registry ?? new Registry(fixedRegistry(records));
    const transport = openHttpTransport();
    const client = new Client({ serviceName: 'users', transport, ...options, registry });
    this.onClose(() => registry.close());
    this.onClose(() => transport.close());
    this.onClose(() => client.close());
    return client;
  }

  /** Has something done at the end; the last first. */
  onClose(close: () => unknown): void {
    this.#closers.push(close);
  }

  /** Ends everything. */
  async close(): Promise<void> {
    for (const close of this.#closers.splice(0).reverse()) await close();
  }

  async #listen(server: Server, { host = '127.0.0.1', port = 0 } = {}): Promise<WireServer> {
    const sockets = new Set<Socket>();
    server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    });
    server.listen(port, host);
    await once(server, 'listening');
    const close = () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    };
    this.onClose(close);
    return { port: (server.address() as AddressInfo).port, sockets, close };
  }
}
