import type { Duplex } from 'node:stream';

/**
 * Counts the connections that the other side has ended. A server that was restarted while nobody waited for an answer of
 * it is noticed by nothing else.
 */
export class PeerCloses {
  /** How many there were. */
  count = 0;

  /** Watches over a connection. One that this side ends does not count. */
  watch<Socket extends Duplex>(socket: Socket): Socket {
    socket.once('close', (hadError: boolean) => {
      if (hadError || socket.readableEnded) this.count++;
    });
    return socket;
  }
}
