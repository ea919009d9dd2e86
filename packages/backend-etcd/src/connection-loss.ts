import type { EtcdClient } from './etcd-client.js';

/** Tells of the next loss of a client's connection, also of one that nobody uses just then: no call fails by that. */
export class ConnectionLoss {
  private next: Promise<AbortSignal> | undefined;

  constructor(private readonly client: EtcdClient) {}

  /** Fires when the connection that there is now is lost, or given up. @throws Error when there is none any more */
  signal(): Promise<AbortSignal> {
    this.next ??= this.watch().catch((error: unknown) => {
      this.next = undefined;
      throw error;
    });
    return this.next;
  }

  private async watch(): Promise<AbortSignal> {
    const channel = await this.client.channel();
    const lost = new AbortController();
    channel.watchConnectivityState(channel.getConnectivityState(false), Number.POSITIVE_INFINITY, () => {
      this.next = undefined;
      lost.abort();
    });
    return lost.signal;
  }
}
