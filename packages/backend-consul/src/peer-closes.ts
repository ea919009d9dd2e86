import type { Duplex } from 'node:stream';

/**
 * Counts the connections that the other side has ended. A server that was restarted while nobody waited for an answer of
 * it is noticed by nothing else.
 */
export class PeerCloses {
  /** How many there were. */
  count = 0;
  private next = new AbortController();

  /** Fires with the next one. */
  get lost(): AbortSignal {
    return this.next.signal;
  }

  /** Watches over a connection. One that this side ends does not count. */
  watch<Socket extends Duplex>(socket: Socket): Socket {
    socket.once('close', (hadError: boolean) => {
      if (hadError || socket.readableEnded) this.note();
    });
    return socket;
  }

  private note(): void {
    const { next } = this;
    this.count++;
    this.next = new AbortController();
    next.abort();
  }
}
