import { Readable } from 'node:stream';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readBody } from './read-body.js';

const LIMIT_BYTES = 1_000;

async function* pieces(...texts: string[]) {
  for (const text of texts) yield Buffer.from(text);
}

describe('readBody', () => {
  it('reads text, bytes, pieces and node streams', async () => {
    const bodies = ['hello', Buffer.from('hello'), pieces('hel', 'lo'), Readable.from([Buffer.from('hel'), Buffer.from('lo')])];
    for (const body of bodies) expect(Buffer.from(await readBody(body, {}, LIMIT_BYTES)).toString()).toBe('hello');
  });

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ])('decompresses %s', async (encoding, compress) => {
    const bytes = await readBody(compress('hello'), { 'content-encoding': encoding }, LIMIT_BYTES);
    expect(Buffer.from(bytes).toString()).toBe('hello');
  });

  it('refuses more than the limit, announced, counted or decompressed', async () => {
    const tooLarge = { code: 413 };
    await expect(readBody('x', { 'content-length': '1001' }, LIMIT_BYTES)).rejects.toMatchObject(tooLarge);
    await expect(readBody('x'.repeat(1_001), {}, LIMIT_BYTES)).rejects.toMatchObject(tooLarge);
    await expect(readBody(pieces('x'.repeat(900), 'x'.repeat(900)), {}, LIMIT_BYTES)).rejects.toMatchObject(tooLarge);
    const bomb = gzipSync(Buffer.alloc(100_000));
    await expect(readBody(bomb, { 'content-encoding': 'gzip' }, LIMIT_BYTES)).rejects.toMatchObject(tooLarge);
  });

  it('reads an endless stream no further than the limit', async () => {
    let given = 0;
    const endless = new Readable({
      read() {
        given += 100;
        this.push(Buffer.alloc(100));
      },
      highWaterMark: 100,
    });
    await expect(readBody(endless, {}, LIMIT_BYTES)).rejects.toMatchObject({ code: 413 });
    expect(given).toBeLessThan(3 * LIMIT_BYTES);
  });

  it('refuses what does not decompress, and encodings it does not know', async () => {
    await expect(readBody('plain', { 'content-encoding': 'gzip' }, LIMIT_BYTES)).rejects.toMatchObject({ code: 400 });
    await expect(readBody('plain', { 'content-encoding': 'zip' }, LIMIT_BYTES)).rejects.toMatchObject({ code: 415 });
    await expect(readBody('plain', { 'content-encoding': 'toString' }, LIMIT_BYTES)).rejects.toMatchObject({ code: 415 });
  });

  it('refuses a stream that breaks off', async () => {
    const broken = new Readable({ read() {} });
    const read = readBody(broken, {}, LIMIT_BYTES);
    broken.push('half');
    broken.destroy();
    await expect(read).rejects.toMatchObject({ code: 400 });
  });
});
