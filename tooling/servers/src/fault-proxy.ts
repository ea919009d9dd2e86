import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { freePorts } from './free-ports.js';
import { ProxyLane } from './proxy-lane.js';

/** A network between a client and a server that does what a test wants. */
export interface FaultProxy {
  /** Its port on 127.0.0.1; the same all the time. */
  readonly port: number;
  /** `127.0.0.1:port`. */
  readonly address: string;
  /** How many clients are connected now. */
  readonly connections: number;
  /** Resets all connections and refuses new ones, until `heal`. */
  cut(): void;
  /** Forwards nothing more in either direction; new connections are accepted and find the same silence. Nothing is lost. */
  stall(): void;
  /** From now on everything takes so many milliseconds longer, in each direction; 0 ends it. */
  delay(ms: number): void;
  /** Ends `cut`, `stall` and `delay`; what was held back goes on its way. */
  heal(): void;
  /** Ends it and its connections. May be called again. */
  close(): Promise<void>;
}

/**
 * Starts a TCP proxy on a free port of 127.0.0.1.
 * @param target.port where the server listens on 127.0.0.1
 */
export async function startFaultProxy(target: { readonly port: number }): Promise<FaultProxy> {
  const [port = 0] = await freePorts(1);
  const proxy = new TcpFaultProxy(port, target.port);
  await proxy.listen();
  return proxy;
}

/** A client's connection, the one it gets to the server, and what flows between them. */
interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  readonly lanes: readonly ProxyLane[];
}

class TcpFaultProxy implements FaultProxy {
  readonly port: number;
  readonly #target: number;
  readonly #listener: Server;
  readonly #pairs = new Set<Pair>();
  /** Accepted during a stall: the server hears of them afterwards. */
  readonly #silent = new Set<Socket>();
  #state: 'open' | 'stalled' | 'cut' | 'closed' = 'open';
  #delayMs = 0;

  constructor(port: number, target: number) {
    this.port = port;
    this.#target = target;
    this.#listener = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true }, (client) => this.#accept(client));
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  get connections(): number {
    return this.#pairs.size + this.#silent.size;
  }

  async listen(): Promise<void> {
    this.#listener.listen(this.port, '127.0.0.1');
    await once(this.#listener, 'listening');
  }

  cut(): void {
    this.#change('cut');
    if (this.#listener.listening) this.#listener.close();
    for (const pair of this.#pairs) this.#reset(pair);
    for (const client of this.#silent) client.resetAndDestroy();
    this.#silent.clear();
  }

  stall(): void {
    this.#change('stalled');
    this.#update();
  }

  delay(ms: number): void {
    this.#delayMs = ms;
    this.#update();
  }

  heal(): void {
    this.#change('open');
    this.#delayMs = 0;
    this.#update();
    for (const client of this.#silent) this.#join(client);
    this.#silent.clear();
  }

  async close(): Promise<void> {
    if (this.#state !== 'closed') this.cut();
    this.#state = 'closed';
  }

  /** Only a cut proxy does not listen. */
  #change(state: 'open' | 'stalled' | 'cut'): void {
    if (this.#state === 'closed') throw new Error('the proxy is closed');
    this.#state = state;
    if (state !== 'cut' && !this.#listener.listening) this.#listener.listen(this.port, '127.0.0.1');
  }

  #update(): void {
    for (const { lanes } of this.#pairs) for (const lane of lanes) lane.update();
  }

  #accept(client: Socket): void {
    client.on('error', () => undefined);
    if (this.#state === 'open') this.#join(client);
    else if (this.#state === 'stalled') this.#silent.add(client);
    else client.resetAndDestroy();
  }

  #join(client: Socket): void {
    const server = connect({ host: '127.0.0.1', port: this.#target, allowHalfOpen: true, noDelay: true });
    server.on('error', () => undefined);
    const rules = () => ({ held: this.#state === 'stalled', delayMs: this.#delayMs });
    const pair = { client, server, lanes: [new ProxyLane(client, server, rules), new ProxyLane(server, client, rules)] };
    this.#pairs.add(pair);
    for (const socket of [client, server]) socket.once('close', (failed) => this.#left(pair, failed));
  }

  /** A connection that broke breaks the other one; one that ended well has handed on its end already. */
  #left(pair: Pair, failed: boolean): void {
    if (failed) this.#reset(pair);
    else if (pair.client.destroyed && pair.server.destroyed) this.#pairs.delete(pair);
  }

  #reset(pair: Pair): void {
    this.#pairs.delete(pair);
    for (const lane of pair.lanes) lane.close();
    for (const socket of [pair.client, pair.server]) if (!socket.destroyed) socket.resetAndDestroy();
  }
}
