import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FaultProxy, startFaultProxy } from './fault-proxy.js';

let echo: Server;
let proxy: FaultProxy;
let accepted: Socket[];
const clients: Socket[] = [];

beforeEach(async () => {
  accepted = [];
  echo = createServer((socket) => {
    accepted.push(socket);
    socket.on('error', () => undefined);
    socket.pipe(socket);
  });
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
  proxy = await startFaultProxy({ port: (echo.address() as AddressInfo).port });
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await Promise.all([proxy.close(), proxy.close()]);
  for (const socket of accepted) socket.destroy();
  echo.close();
});

describe('startFaultProxy', () => {
  it('carries what both sides say, and the end of each', async () => {
    const client = await dial();
    client.end('hello');
    expect(await textOf(client)).toBe('hello');
    await expect.poll(() => proxy.connections).toBe(0);
  });

  it('keeps every byte of a stall for later, in order, however many they are', async () => {
    const client = await dial();
    client.write('a');
    await once(client, 'data');
    proxy.stall();
    const sent = Buffer.alloc(8 << 20, 'bcdefghij');
    client.end(sent);
    const received: Buffer[] = [];
    client.on('data', (chunk: Buffer) => received.push(chunk));
    await rest();
    expect(received).toEqual([]);
    proxy.heal();
    await once(client, 'end');
    expect(Buffer.concat(received).equals(sent)).toBe(true);
  });

  it('accepts during a stall, and the server hears of it afterwards', async () => {
    proxy.stall();
    const client = await dial();
    client.end('hello');
    await rest();
    expect([proxy.connections, accepted.length]).toEqual([1, 0]);
    proxy.heal();
    expect(await textOf(client)).toBe('hello');
  });

  it('resets both sides of a cut and refuses until it heals', async () => {
    const client = await dial();
    client.write('a');
    await once(client, 'data');
    const ends = Promise.all([reasonOf(client), new Promise((resolve) => accepted[0]?.once('close', resolve))]);
    proxy.cut();
    expect((await ends)[0]).toBe('ECONNRESET');
    await expect(dial()).rejects.toThrow('ECONNREFUSED');
    expect(proxy.connections).toBe(0);
    proxy.heal();
    const next = await dial();
    next.end('back');
    expect(await textOf(next)).toBe('back');
  });

  it('makes everything take longer, without mixing it up, until it heals', async () => {
    proxy.delay(150);
    const client = await dial();
    const from = performance.now();
    client.write('a');
    await once(client, 'data');
    expect(performance.now() - from).toBeGreaterThanOrEqual(295);
    proxy.delay(60_000);
    client.end('bc');
    await rest();
    proxy.heal();
    expect(await textOf(client)).toBe('bc');
  });

  it('breaks the connection of a client whose server breaks it', async () => {
    const client = await dial();
    client.write('a');
    await once(client, 'data');
    accepted[0]?.resetAndDestroy();
    expect(await reasonOf(client)).toBe('ECONNRESET');
  });

  it('breaks the connection of a client whose server is not there', async () => {
    echo.close();
    expect(await reasonOf(await dial())).toBe('ECONNRESET');
  });

  it('is closed only once', async () => {
    await proxy.close();
    expect(() => proxy.heal()).toThrow('closed');
    await expect(dial()).rejects.toThrow('ECONNREFUSED');
  });
});

async function dial(): Promise<Socket> {
  const client = connect({ host: '127.0.0.1', port: proxy.port });
  clients.push(client);
  await once(client, 'connect');
  return client;
}

async function textOf(client: Socket): Promise<string> {
  let text = '';
  for await (const chunk of client) text += String(chunk);
  return text;
}

async function reasonOf(client: Socket): Promise<unknown> {
  const [error] = await once(client, 'error');
  return error.code;
}

/** Long enough for what must not come to have come. */
function rest(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 100));
}
