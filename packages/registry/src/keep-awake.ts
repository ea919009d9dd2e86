import { MessageChannel, type MessagePort } from 'node:worker_threads';

/** Keeps the process alive until the function that it returns is called. */
export type KeepAwake = () => () => void;

/**
 * The timers of a `Clock` do not keep a process alive, which is right for work in the background; but somebody who awaits
 * an answer has to get one, and not a process that ends without a word. One port serves all who wait.
 */
export function createKeepAwake(): KeepAwake {
  let waiting = 0;
  let port: MessagePort | undefined;
  return () => {
    if (waiting++ === 0) {
      port = new MessageChannel().port1;
      port.ref();
    }
    let isWaiting = true;
    return () => {
      if (isWaiting && --waiting === 0) port?.close();
      isWaiting = false;
    };
  };
}
