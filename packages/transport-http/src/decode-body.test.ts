import { createServer, type Server } from 'node:http';
import { brotliCompressSync, createGzip, deflateSync, gzipSync } from 'node:zlib';
import { type Attempt, type ServiceInstance, WeftError } from '@weft/core';
import { afterEach, describe, expect, it } from 'vitest';
import { openHttpTransport } from './index.js';

const MEBIBYTE = 1_048_576;
const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

/** A server that answers everything with these bytes in that encoding, and what it has seen of its sockets' ends. */
async function serving(encoding: string, body: Uint8Array): Promise<{ port: number; seen: { closed: number } }> {
  const seen = { closed: 0 };
  const server: Server = createServer((_, response) => {
    response.writeHead(200, { 'content-encoding': encoding, 'content-length': body.byteLength }).end(body);
  });
  server.on('connection', (socket) => void socket.on('close', () => void seen.closed++));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  opened.push({ close: () => server.close() && server.closeAllConnections() });
  const address = server.address();
  return { port: typeof address === 'object' && address ? address.port : 0, seen };
}

function client(responseBytes?: number) {
  const transport = openHttpTransport({ limits: { responseBytes } });
  opened.push(transport);
  return transport;
}

function attempt(port: number, part: Partial<Attempt> = {}): Attempt {
  const endpoint = { protocol: 'http', port };
  const instance = { id: 'a', host: '127.0.0.1', endpoints: [endpoint] } as unknown as ServiceInstance;
  return { instance, endpoint, method: 'GET', path: '/', headers: [], stream: false, ...part };
}

/** One gzip member of `mebibytes` of zeros, made without ever holding them. */
async function bomb(mebibytes: number): Promise<Buffer> {
  const gzip = createGzip({ level: 9 });
  const zeros = Buffer.alloc(MEBIBYTE);
  const parts: Buffer[] = [];
  gzip.on('data', (part: Buffer) => void parts.push(part));
  for (let count = 0; count < mebibytes; count++) await new Promise((resolve) => gzip.write(zeros, resolve));
  await new Promise<void>((resolve) => void gzip.end().once('end', resolve));
  return Buffer.concat(parts);
}

describe('a compressed answer', () => {
  it.each([
    ['gzip', gzipSync('grüße')],
    ['GZIP', gzipSync('grüße')],
    ['x-gzip', gzipSync('grüße')],
    ['deflate', deflateSync('grüße')],
    ['br', brotliCompressSync('grüße')],
    ['identity', Buffer.from('grüße')],
  ])('comes as what it was before %s, whole and in pieces', async (encoding, bytes) => {
    const { port } = await serving(encoding, bytes);
    const whole = await client().send(attempt(port));
    expect(Buffer.from(whole.body as Uint8Array).toString()).toBe('grüße');
    if (encoding !== 'identity') expect(whole.headers).not.toHaveProperty('content-encoding');
    const parts: Uint8Array[] = [];
    const streamed = await client().send(attempt(port, { stream: true }));
    for await (const part of streamed.body as AsyncIterable<Uint8Array>) parts.push(part);
    expect(Buffer.concat(parts).toString()).toBe('grüße');
  });

  it('is left as it came in an encoding that is not known', async () => {
    const { port } = await serving('zstd', Buffer.from('whatever'));
    const reply = await client().send(attempt(port));
    expect(reply.headers['content-encoding']).toBe('zstd');
    expect(Buffer.from(reply.body as Uint8Array).toString()).toBe('whatever');
  });

  it('is no body to HEAD', async () => {
    const { port } = await serving('gzip', gzipSync('grüße'));
    expect((await client().send(attempt(port, { method: 'HEAD' }))).body).toBeUndefined();
  });

  it('is refused as soon as it is larger than the limit after decompression', async () => {
    const { port } = await serving('gzip', gzipSync(Buffer.alloc(1_001)));
    await expect(client(1_000).send(attempt(port))).rejects.toMatchObject({ code: 'WEFT_RESPONSE_TOO_LARGE', ambiguous: true });
    expect((await client(1_001).send(attempt(port))).body).toHaveLength(1_001);
  });

  it('cannot fill the memory: 200 MiB out of 200 KB end at 10 MiB, below 40 MB of growth (R86)', async () => {
    const bytes = await bomb(200);
    expect(bytes.byteLength).toBeLessThan(250_000);
    const { port } = await serving('gzip', bytes);
    const transport = client();
    const before = process.memoryUsage.rss();
    let highest = before;
    const watch = setInterval(() => {
      highest = Math.max(highest, process.memoryUsage.rss());
    }, 1);
    const error = await transport.send(attempt(port)).then(undefined, (reason: unknown) => reason);
    clearInterval(watch);
    highest = Math.max(highest, process.memoryUsage.rss());
    expect(error).toBeInstanceOf(WeftError);
    expect(error).toMatchObject({ code: 'WEFT_RESPONSE_TOO_LARGE' });
    expect((highest - before) / 1e6, 'MB of growth').toBeLessThan(40);
  });
});

describe('an answer that is not compressed', () => {
  it('is refused by its length before it is read, and its socket destroyed', async () => {
    const { port, seen } = await serving('identity', Buffer.alloc(20 * MEBIBYTE));
    await expect(client().send(attempt(port))).rejects.toMatchObject({ code: 'WEFT_RESPONSE_TOO_LARGE' });
    await expect.poll(() => seen.closed).toBe(1);
  });
});
