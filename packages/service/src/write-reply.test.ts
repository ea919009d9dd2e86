import { noopLogger, type Reply } from '@weft/core';
import { afterEach, describe, expect, it } from 'vitest';
import { callRaw } from './http-call.fixture.js';
import type { HttpListening } from './http-listening.js';
import { HttpServer } from './http-server.js';

const listening: HttpListening[] = [];

/** Everything that goes over the wire for an answer, without the date. */
async function wireOf(reply: unknown, method = 'GET'): Promise<string> {
  const server = new HttpServer({ logger: noopLogger });
  const open = await server.listen({ host: '127.0.0.1', port: 0 }, () => reply as Reply);
  listening.push(open);
  const sent = `${method} / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`;
  return (await callRaw(open.endpoint.port, sent)).replace(/date: .*\r\n/i, '');
}

afterEach(async () => {
  await Promise.all(listening.splice(0).map((each) => each.close()));
});

describe('An answer on the wire', () => {
  it.each([204, 304])('%i has no body, whatever the handler gave', async (status) => {
    let isTold = false;
    async function* pieces() {
      yield Buffer.from('a');
    }
    const onReturn = async () => {
      isTold = true;
    };
    const told = { [Symbol.asyncIterator]: () => Object.assign(pieces(), { return: onReturn }) };
    for (const body of ['null', undefined, told]) {
      const answer = await wireOf({ status, headers: {}, body });
      expect(answer).toMatch(/\r\n\r\n$/);
      expect(answer).not.toMatch(/content-length|transfer-encoding/i);
    }
    expect(isTold).toBe(true);
  });

  it('has one framing, which no handler decides', async () => {
    const headers = { 'transfer-encoding': 'chunked', 'content-length': '100' };
    const answer = await wireOf({ status: 200, headers, body: 'abc' });
    expect(answer).toMatch(/^HTTP\/1.1 200 OK\r\ncontent-length: 3\r\n/);
    expect(answer).not.toMatch(/transfer-encoding/i);
    expect(answer).toMatch(/\r\n\r\nabc$/);
  });

  it.each([0, 100, 101, 600, Number.NaN, undefined])('is 500 for a status that ends no request: %s', async (status) => {
    expect(await wireOf({ status, headers: {}, body: 'x' })).toMatch(/^HTTP\/1.1 500 Internal Server Error\r\n/);
  });

  it.each(['a\r\nset-cookie: b=1', 'a\nb', 'a\0b', '€'])(
    'is 500 for a header that would break out of its line: %j',
    async (value) => {
      const answer = await wireOf({ status: 200, headers: { 'x-name': value }, body: 'x' });
      expect(answer).toMatch(/^HTTP\/1.1 500 Internal Server Error\r\n/);
      expect(answer).not.toContain('x-name');
    },
  );

  it('takes numbers for header values', async () => {
    expect(await wireOf({ status: 200, headers: { age: 5, vary: ['a', 'b'] } })).toContain('age: 5\r\nvary: a\r\nvary: b\r\n');
  });
});
