import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A package registry on this machine that has nothing and takes nothing. */
export interface EmptyRegistry {
  /** Where it is, with a slash at the end. */
  readonly url: string;
  /** Methods of all requests so far. */
  readonly methods: readonly string[];
  /** Stops answering. */
  close(): void;
}

/** Opens one on any free port. */
export async function openEmptyRegistry(): Promise<EmptyRegistry> {
  const methods: string[] = [];
  const server = createServer(({ method = '' }, response) => {
    methods.push(method);
    response.writeHead(404, { 'content-type': 'application/json' }).end('{}');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${port}/`, methods, close };
}
