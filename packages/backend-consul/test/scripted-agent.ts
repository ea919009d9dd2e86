import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a scripted agent answers; nothing: it never does. */
export interface ScriptedAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** One request that reached a scripted agent. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** How many of this path came before it. */
  readonly nth: number;
}

/** An agent on a free port of this machine that answers what a test says. */
export class ScriptedAgent {
  /** All requests, oldest first. */
  readonly seen: SeenRequest[] = [];
  private readonly server: Server;

  constructor(public answer: (request: SeenRequest) => ScriptedAnswer | undefined) {
    this.server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        const answered = this.answer(this.note(request, body));
        if (!answered) return;
        const isText = typeof answered.body === 'string';
        const headers = { 'content-type': isText ? 'text/plain' : 'application/json', ...answered.headers };
        response.writeHead(answered.status ?? 200, headers).end(isText ? answered.body : JSON.stringify(answered.body ?? null));
      });
    });
  }

  /** `host:port`, once it listens. */
  get address(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Starts to listen, on a free port unless one is given. */
  async listen(port = 0): Promise<this> {
    await once(this.server.listen(port, '127.0.0.1'), 'listening');
    return this;
  }

  /** As a kill and a new start do it: every connection is lost. */
  async restart(): Promise<void> {
    const { port } = this.server.address() as AddressInfo;
    await this.close();
    await this.listen(port);
  }

  /** Requests of a path. */
  of(path: string): readonly SeenRequest[] {
    return this.seen.filter((request) => request.path === path);
  }

  /** Ends it and its connections. */
  async close(): Promise<void> {
    if (!this.server.listening) return;
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  private note({ method = '', url = '', headers }: IncomingMessage, body: string): SeenRequest {
    const { pathname, searchParams } = new URL(url, 'http://agent');
    const request = { method, path: pathname, query: searchParams, headers, body, nth: this.of(pathname).length };
    this.seen.push(request);
    return request;
  }
}
