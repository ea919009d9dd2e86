import { brotliDecompressSync, createGunzip, gunzipSync } from 'node:zlib';
import { settle } from '@weft/conformance';
import type { Reply } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { compress } from './index.js';
import { bytesOf, jsonReply, SampleRequest, through } from './sample-request.fixture.js';

const long = { text: 'hello '.repeat(500) };
const asking = (encoding: string, method = 'GET') => new SampleRequest({ method, headers: { 'accept-encoding': encoding } });
const answered = (reply: Reply, request = asking('gzip, br')) => through(compress(), request, async () => reply);

/** An answer in pieces, and whether its maker was told to stop. */
function pieces(...texts: string[]) {
  const state = { isLeft: false };
  const body = (async function* () {
    try {
      for (const text of texts) yield Buffer.from(text);
      if (texts.length === 0) throw new Error('broken');
    } finally {
      state.isLeft = true;
    }
  })();
  return { state, reply: { status: 200, headers: { 'content-type': 'text/event-stream' }, body } };
}

describe('compress', () => {
  it('compresses with what the caller likes best, and says so', async () => {
    const br = await answered(jsonReply(long));
    expect(br.headers).toEqual({ 'content-type': 'application/json', 'content-encoding': 'br', vary: 'accept-encoding' });
    expect(JSON.parse(String(brotliDecompressSync(await bytesOf(br))))).toEqual(long);
    const gzip = await answered(jsonReply(long), asking('gzip'));
    expect(gzip.headers['content-encoding']).toBe('gzip');
    expect(JSON.parse(String(gunzipSync(await bytesOf(gzip))))).toEqual(long);
  });

  it('sends an answer as it is to a caller that takes no encoding, and says that it depends', async () => {
    const reply = jsonReply(long, { vary: 'origin' });
    const plain = await answered(reply, new SampleRequest());
    expect(plain.body).toBe(reply.body);
    expect(plain.headers).toMatchObject({ vary: 'origin, accept-encoding' });
    expect(plain.headers['content-encoding']).toBeUndefined();
  });

  it.each([
    ['small', jsonReply({ ok: true })],
    ['encoded already', jsonReply(long, { 'content-encoding': 'gzip' })],
    ['a part', { ...jsonReply(long), status: 206 }],
    ['without a body', { status: 204, headers: { 'content-type': 'application/json' } }],
    ['an image', jsonReply(long, { 'content-type': 'image/png' })],
    ['of no type', { status: 200, headers: {}, body: 'x'.repeat(5_000) }],
    ['not to be transformed', jsonReply(long, { 'cache-control': 'public, no-transform' })],
  ])('leaves alone what is %s', async (_, reply: Reply) => {
    expect(await answered(reply)).toBe(reply);
  });

  it('leaves answers to HEAD alone', async () => {
    const reply = jsonReply(long);
    expect(await answered(reply, asking('gzip', 'HEAD'))).toBe(reply);
  });

  it('compresses from minBytes on, counted in bytes', async () => {
    const answer = (text: string) =>
      through(compress({ minBytes: 10 }), asking('gzip'), async () => ({
        status: 200,
        headers: { 'content-type': 'text/plain' },
        body: text,
      }));
    expect((await answer('123456789')).headers['content-encoding']).toBeUndefined();
    expect((await answer('ääääää')).headers['content-encoding']).toBe('gzip');
  });

  it('makes a strong tag weak, and drops what is true only of the plain bytes', async () => {
    const { headers } = await answered(jsonReply(long, { etag: '"a1"', 'content-length': '3011', 'accept-ranges': 'bytes' }));
    expect(headers).toEqual({
      'content-type': 'application/json',
      'content-encoding': 'br',
      vary: 'accept-encoding',
      etag: 'W/"a1"',
    });
    expect((await answered(jsonReply(long, { etag: 'W/"a1"', vary: '*' }))).headers).toMatchObject({ etag: 'W/"a1"', vary: '*' });
  });

  it.each(['gzip', 'br'])('compresses an answer in pieces with %s', async (encoding) => {
    const { reply } = pieces('one ', 'two ', 'three');
    const bytes = await bytesOf(await answered(reply, asking(encoding)));
    expect(String(encoding === 'br' ? brotliDecompressSync(bytes) : gunzipSync(bytes))).toBe('one two three');
  });

  it('sends each piece at once: a reader of events waits for no next one', async () => {
    let more: () => void = () => {};
    const body = (async function* () {
      yield Buffer.from('first');
      await new Promise<void>((resolve) => (more = resolve));
      yield Buffer.from('second');
    })();
    const reply = await answered({ status: 200, headers: { 'content-type': 'text/event-stream' }, body }, asking('gzip'));
    const reader = createGunzip();
    const read: string[] = [];
    reader.on('data', (piece: Buffer) => read.push(String(piece)));
    const feeding = (async () => {
      for await (const piece of reply.body as AsyncIterable<Uint8Array>) reader.write(piece);
      reader.end();
    })();
    await expect.poll(() => read).toEqual(['first']);
    more();
    await feeding;
    await expect.poll(() => read).toEqual(['first', 'second']);
  });

  it('passes on the failure of the one who makes the pieces', async () => {
    await expect(bytesOf(await answered(pieces().reply))).rejects.toThrow('broken');
  });

  it('tells the one who makes the pieces when the reader has left', async () => {
    const { reply, state } = pieces(...Array.from({ length: 1_000 }, () => 'x'.repeat(10_000)));
    for await (const _ of (await answered(reply)).body as AsyncIterable<Uint8Array>) break;
    await settle();
    expect(state.isLeft).toBe(true);
  });

  it('refuses a size that is none', () => {
    expect(() => compress({ minBytes: -1 })).toThrow('compress.minBytes: -1: expected a number of bytes from 0');
  });
});
