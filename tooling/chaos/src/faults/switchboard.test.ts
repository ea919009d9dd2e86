import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { Switchboard } from './switchboard.js';

describe('Switchboard', () => {
  const closers: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });

  it('leads to the server behind it, and counts who comes and what is sent', async () => {
    const board = await open(await saying('first'));
    expect(await hear(board)).toBe('first');
    expect(await hear(board)).toBe('first');
    expect(board.acceptedAt).toHaveLength(2);
    expect(board.sentAt).toHaveLength(2);
  });

  it('resets what is connected when another server is put behind it, and leads to that from then on', async () => {
    const board = await open(await saying('first'));
    const held = reach(board);
    await once(held, 'data');
    const reset = new Promise((resolve) => held.once('close', resolve));
    board.to(await saying('second'));
    await reset;
    expect(await hear(board)).toBe('second');
  });

  it('counts and resets those who come while there is no server', async () => {
    const gone = await listen(createServer());
    gone.close();
    const board = await open((gone.address() as AddressInfo | null)?.port ?? 1);
    const socket = reach(board);
    await new Promise((resolve) => socket.once('close', resolve));
    expect(board.acceptedAt).toHaveLength(1);
  });

  async function listen(server: Server): Promise<Server> {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    closers.push(() => server.close());
    return server;
  }

  async function saying(word: string): Promise<number> {
    const server = await listen(
      createServer((socket) => {
        socket.on('error', () => undefined).on('data', () => socket.write(word));
      }),
    );
    return (server.address() as AddressInfo).port;
  }

  async function open(target: number): Promise<Switchboard> {
    const board = await Switchboard.open(target);
    closers.push(() => board.close());
    return board;
  }

  function reach(board: Switchboard) {
    const [host = '', port] = board.address.split(':');
    const socket = connect({ host, port: Number(port) });
    socket.on('error', () => undefined).write('hello');
    closers.push(() => socket.destroy());
    return socket;
  }

  async function hear(board: Switchboard): Promise<string> {
    const [chunk] = await once(reach(board), 'data');
    return String(chunk);
  }
});
