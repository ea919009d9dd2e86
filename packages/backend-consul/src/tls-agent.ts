import { Agent, type AgentOptions } from 'node:https';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect } from 'node:tls';
import type { TlsMaterial } from '@weft/core';
import type { PeerCloses } from './peer-closes.js';

type OnCreated = (error: Error | null, stream: Duplex) => void;

/** Keeps TLS connections; reads certificates anew for each one, so that they can be replaced while the process runs. */
export class TlsAgent extends Agent {
  constructor(
    private readonly read: () => Promise<TlsMaterial>,
    private readonly closes: PeerCloses,
    options: AgentOptions,
  ) {
    super(options);
  }

  override createConnection(options: { readonly host?: string; readonly port?: number }, onCreated?: OnCreated): undefined {
    const { host = 'localhost', port = 443 } = options;
    this.open(host, port).then(
      (socket) => onCreated?.(null, socket),
      (error: Error) => Reflect.apply(onCreated ?? (() => {}), undefined, [error]),
    );
  }

  private async open(host: string, port: number): Promise<Duplex> {
    const { serverName, ...material } = await this.read();
    const servername = serverName ?? (isIP(host) === 0 ? host : '');
    return this.closes.watch(connect({ host, port, servername, ALPNProtocols: ['http/1.1'], ...material }));
  }
}
