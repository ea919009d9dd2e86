import dns, { type LookupAddress } from 'node:dns';
import { WeftError } from '@weft/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Wire } from './wire.js';

const NAME = 'users.test';
const CONNECT_MS = 2_000;

type Resolved = (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void;

/** The system's resolver does as a test says for one name. */
describe('names that are hard to resolve (R64)', () => {
  const { lookup } = dns;
  let wire: Wire;
  let lookups = 0;
  let resolve: (done: Resolved) => void = () => {};
  const addresses = (...hosts: string[]) => hosts.map((address) => ({ address, family: 4 }));
  const at = (port: number, host = NAME) => ({ host, endpoints: [{ protocol: 'http', port }] as const });

  beforeEach(() => {
    wire = new Wire();
    lookups = 0;
    const stub = (host: string, ...others: unknown[]) => {
      if (host !== NAME) return Reflect.apply(lookup, dns, [host, ...others]);
      lookups++;
      resolve(others.at(-1) as Resolved);
    };
    Object.assign(dns, { lookup: stub });
  });
  afterEach(async () => {
    Object.assign(dns, { lookup });
    await wire.close();
  });

  const serve = (text: string) => wire.serve((_, response) => response.end(text));
  const failureOf = async (promise: Promise<unknown>) => {
    const startedAt = performance.now();
    const error = await promise.then(() => undefined, WeftError.from);
    return { error, tookMs: performance.now() - startedAt };
  };

  it('a resolver that does not answer costs the connect timeout and no more; a POST goes elsewhere, too', async () => {
    resolve = () => {};
    const { port } = await serve('ok');
    const startedAt = performance.now();
    const both = wire.call([at(port), at(port, '127.0.0.1')]);
    const replies = await Promise.all([both.post('/users', {}), both.post('/users', {}), both.get('/users/7')]);
    expect(replies.map((reply) => reply.text())).toEqual(['ok', 'ok', 'ok']);
    expect(performance.now() - startedAt).toBeLessThan(CONNECT_MS + 1_000);
    const { error, tookMs } = await failureOf(wire.call([at(port)]).post('/users', {}, { timeout: '1s' }));
    expect(error).toMatchObject({ code: 'WEFT_DEADLINE_EXCEEDED', ambiguous: false });
    expect(tookMs).toBeLessThan(1_500);
  });

  it('a name that does not exist is refused at once, and unsent; a POST goes elsewhere', async () => {
    resolve = (done) => done(Object.assign(new Error(`getaddrinfo ENOTFOUND ${NAME}`), { code: 'ENOTFOUND' }), []);
    const { port } = await serve('ok');
    const both = wire.call([at(port), at(port, '127.0.0.1')]);
    for (let n = 0; n < 4; n++) expect((await both.post('/users', {})).text()).toBe('ok');
    const { error, tookMs } = await failureOf(wire.call([at(port)]).post('/users', {}));
    expect(error).toMatchObject({ code: 'WEFT_UNAVAILABLE', failure: 'refused', ambiguous: false });
    expect(error?.message).toContain('ENOTFOUND');
    expect(tookMs).toBeLessThan(500);
  });

  it('of two addresses the second is tried when nobody listens at the first', async () => {
    resolve = (done) => done(null, addresses('127.0.0.2', '127.0.0.1'));
    const { port } = await serve('ok');
    const client = wire.call([at(port)]);
    for (let n = 0; n < 3; n++) expect((await client.post('/users', {})).text()).toBe('ok');
  });

  it('a name is resolved once per connection, not per call', async () => {
    resolve = (done) => done(null, addresses('127.0.0.1'));
    const { port, sockets } = await serve('ok');
    const client = wire.call([at(port)]);
    for (let n = 0; n < 100; n++) await client.get('/users/7');
    expect([lookups, sockets.size]).toEqual([1, 1]);
  });

  it('a name that leads elsewhere is followed as soon as its old place is gone: no call fails', async () => {
    resolve = (done) => done(null, addresses('127.0.0.1'));
    const old = await serve('old');
    const client = wire.call([at(old.port)]);
    expect((await client.get('/users/7')).text()).toBe('old');
    const fresh = await wire.serve((_, response) => response.end('fresh'), { host: '127.0.0.2', port: old.port });
    expect(fresh.port).toBe(old.port);
    resolve = (done) => done(null, addresses('127.0.0.2'));
    old.close();
    for (let n = 0; n < 5; n++) expect((await client.get('/users/7')).text()).toBe('fresh');
  });
});
