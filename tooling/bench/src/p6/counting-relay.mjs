import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/** Passes TCP on to a server, and counts what goes through it. */
export class CountingRelay {
  /** Bytes to the server and back, since `reset`. */
  bytes = 0;
  /** When connections came, of `performance.now()`, since `reset`. @type {number[]} */
  connectedAt = [];
  /** What was sent to the server, by connection, since `reset`. @type {Map<number, Buffer[]>} */
  #sent = new Map();
  #server;

  /** @param {string} address of the server */
  constructor(address) {
    const [host, port] = address.split(':');
    let connections = 0;
    this.#server = createServer((client) => {
      const number = connections++;
      this.connectedAt.push(performance.now());
      const upstream = connect({ host, port: Number(port) });
      client.on('data', (bytes) => this.#count(number, bytes));
      upstream.on('data', (bytes) => {
        this.bytes += bytes.length;
      });
      client.pipe(upstream).pipe(client);
      for (const socket of [client, upstream])
        socket.on('error', () => {}).on('close', () => [client, upstream].map((one) => one.destroy()));
    });
  }

  /** Starts it. @returns {Promise<string>} its address */
  async listen() {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (this.#server.address()).port}`;
  }

  /** What each connection has sent to the server since `reset`. */
  get sent() {
    return [...this.#sent.values()].map((parts) => Buffer.concat(parts));
  }

  reset() {
    this.bytes = 0;
    this.connectedAt = [];
    this.#sent.clear();
  }

  close() {
    this.#server.close();
  }

  /** @param {number} connection @param {Buffer} bytes */
  #count(connection, bytes) {
    this.bytes += bytes.length;
    const parts = this.#sent.get(connection) ?? [];
    this.#sent.set(connection, parts);
    parts.push(bytes);
  }
}
