import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { isSignOfLife } from './sign-of-life.js';

/**
 * One address in front of servers that are exchanged behind it: `to` resets what is connected, and whoever comes next
 * reaches the new one. Without a server behind it, or with a dead one, connections are accepted, counted and reset.
 */
export class Switchboard {
  /** When connections came, of `performance.now()`. */
  readonly acceptedAt: number[] = [];
  /** When clients sent something but a sign of life, of `performance.now()`: as good as one request each. */
  readonly sentAt: number[] = [];
  private readonly clients = new Map<Socket, Socket>();

  private constructor(
    private readonly listener: Server,
    private target: number,
  ) {
    listener.on('connection', (client) => this.join(client));
  }

  /** Listens on a free port of 127.0.0.1 in front of `target`, a port there. */
  static async open(target: number): Promise<Switchboard> {
    const listener = createServer({ noDelay: true });
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    return new Switchboard(listener, target);
  }

  /** `127.0.0.1:port`. */
  get address(): string {
    return `127.0.0.1:${(this.listener.address() as AddressInfo).port}`;
  }

  /** Puts another server behind it. */
  to(target: number): void {
    this.target = target;
    this.reset();
  }

  /** Ends it. */
  async close(): Promise<void> {
    this.listener.close();
    this.reset();
  }

  private reset(): void {
    for (const [client, server] of this.clients) {
      client.resetAndDestroy();
      server.resetAndDestroy();
    }
    this.clients.clear();
  }

  private join(client: Socket): void {
    this.acceptedAt.push(performance.now());
    const server = connect({ host: '127.0.0.1', port: this.target, noDelay: true });
    this.clients.set(client, server);
    const end = () => {
      this.clients.delete(client);
      for (const socket of [client, server]) if (!socket.destroyed) socket.resetAndDestroy();
    };
    for (const socket of [client, server]) socket.on('error', () => undefined).once('close', end);
    client.on('data', (data: Buffer) => void (isSignOfLife(data) || this.sentAt.push(performance.now())));
    client.pipe(server).pipe(client);
  }
}
