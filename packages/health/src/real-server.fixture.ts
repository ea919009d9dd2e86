import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

/** Takes what is to be done when a test is over: `onTestFinished`. */
type AtEnd = (end: () => void) => void;

/** A server on loopback that ends with its test. */
export interface RealServer {
  readonly port: number;
  /** Connections that are open now. */
  readonly open: ReadonlySet<Socket>;
}

/** An HTTP server. */
export function startHttp(atEnd: AtEnd, listener: RequestListener): Promise<RealServer> {
  return start(createHttpServer(listener), atEnd);
}

/** A TCP server. */
export function startTcp(
  atEnd: AtEnd,
  onConnection: (socket: Socket) => void = (socket) => void socket.resume(),
): Promise<RealServer> {
  return start(createServer(onConnection), atEnd);
}

/** A port where nobody listens. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function start(server: Server, atEnd: AtEnd): Promise<RealServer> {
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => open.delete(socket));
  });
  atEnd(() => {
    server.close();
    for (const socket of open) socket.destroy();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, open };
}
