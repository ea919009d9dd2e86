// What providers do for good, kept where it outlives them: a Redis, spoken to as one would by hand.
import { connect } from 'node:net';
import { createInterface } from 'node:readline';

/** A way to enter an effect under a key, once: who comes again with the same key changes nothing. */
export function openEffects(address) {
  const [host, port] = address.split(':');
  const socket = connect(Number(port), host);
  const waiting = [];
  createInterface(socket).on('line', (line) => waiting.shift()(line));
  return async (key, value) => {
    const answered = new Promise((resolve) => waiting.push(resolve));
    socket.write(`HSETNX effects ${key} ${value}\r\n`);
    const answer = await answered;
    if (!answer.startsWith(':')) throw new Error(`the effect was not entered: ${answer}`);
  };
}
