import { Agent, type AgentOptions } from 'node:http';
import { connect, type Socket, type TcpNetConnectOpts } from 'node:net';
import type { PeerCloses } from './peer-closes.js';

/** Keeps connections without TLS. */
export class PlainAgent extends Agent {
  constructor(
    private readonly closes: PeerCloses,
    options: AgentOptions,
  ) {
    super(options);
  }

  override createConnection(options: object): Socket {
    return this.closes.watch(connect(options as TcpNetConnectOpts));
  }
}
