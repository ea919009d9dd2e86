import type { Client } from '@weft/client';
import { virtualClock } from '@weft/conformance';
import { createClient } from '@weft/host';
import { ConnectionPool } from '@weft/transport-http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { REGISTRY } from './backend.js';
import { inSampleFolder } from './sample-folder.js';
import { createUserPool, readUser as readUserOn } from './seed-14-connection-pool.js';
import { cacheAsTheSeedDoes, createRequestCache, readUser } from './seed-15-request-cache.js';
import { batchOrFail, createBatchClient } from './seed-16-batch-client.js';
import { startedService, urlOf } from './started-service.js';

inSampleFolder();

/** A client of a service that counts what it is asked, and how much of it at once. */
async function callingUsers() {
  const counts = { asked: 0, atOnce: 0, most: 0 };
  const user = async (id: string | undefined) => {
    counts.asked++;
    counts.most = Math.max(counts.most, ++counts.atOnce);
    await new Promise((resolve) => setTimeout(resolve, 20));
    counts.atOnce--;
    return { id };
  };
  await startedService(
    { name: 'users' },
    {
      'GET /users/:id': ({ params }) => user(params.id),
      'POST /users': ({ body }) => user((body as { id: string }).id),
      'GET /broken': () => {
        throw new Error('down');
      },
    },
  );
  const client: Client = await createClient({ serviceName: 'users', registry: REGISTRY, retries: 0 });
  onTestFinished(() => client.close());
  return { client, counts };
}

describe('seed 14: the pool of connections', () => {
  async function pooled(maxConnections: number, maxIdle: number) {
    const service = await startedService({ name: 'users' }, { 'GET /users/:id': ({ params }) => ({ id: params.id }) });
    const pool = createUserPool(urlOf(service, ''), maxConnections, maxIdle, '30s');
    onTestFinished(() => pool.close());
    return { pool, service };
  }

  it('lends a valid connection, takes it back, and lends it again (S136, S138, S141, S144)', async () => {
    const { pool } = await pooled(2, 2);
    for (const id of ['7', '8']) expect(await readUserOn(pool, id)).toEqual({ id });
    const first = await pool.getConnection();
    expect([first.isValid(), pool.stats()]).toEqual([true, { max: 2, total: 1, busy: 1, idle: 0, waiting: 0 }]);
    pool.returnConnection(first);
    const second = await pool.getConnection();
    expect(second).toBe(first);
    pool.returnConnection(second);
  });

  it('makes connections when they are asked for, not before (S137)', async () => {
    const { pool } = await pooled(10, 5);
    expect(pool.stats()).toMatchObject({ max: 10, total: 0 });
  });

  it('closes what comes back invalid and lends another one instead (S139, S143)', async () => {
    const { pool } = await pooled(1, 1);
    const lost = await pool.getConnection();
    lost.close();
    pool.returnConnection(lost);
    const next = await pool.getConnection();
    expect([lost.isValid(), next.isValid(), next === lost]).toEqual([false, true, false]);
    pool.returnConnection(next);
  });

  it('keeps no more idle ones than it was told (S142)', async () => {
    const { pool } = await pooled(2, 1);
    const both = [await pool.getConnection(), await pool.getConnection()];
    for (const each of both) pool.returnConnection(each);
    expect(pool.stats()).toMatchObject({ idle: 1, total: 1 });
    expect(both.map((each) => each.isValid())).toEqual([true, false]);
  });

  it('says "connection pool timeout" to who waits 5 s for one (S140)', async () => {
    const clock = virtualClock();
    const pool = new ConnectionPool(1, 1, '30s', { clock });
    await pool.getConnection();
    const waiting = expect(pool.getConnection()).rejects.toThrow('connection pool timeout');
    await clock.advance(4_999);
    expect(pool.stats()).toMatchObject({ waiting: 1 });
    await clock.advance(1);
    await waiting;
  });
});

describe('seed 15: the cache of requests', () => {
  it('has a hit or a miss under a key, for as long as it was made for (S145, S146)', async () => {
    const { client } = await callingUsers();
    const cache = createRequestCache();
    expect(cache.getCachedResponse('users:1')).toBeUndefined();
    cache.cacheResponse('users:1', await client.get('/users/1'));
    expect(cache.getCachedResponse('users:1')?.data).toEqual({ id: '1' });
  });

  it('answers from the cache by method, path and body, as the seed does, when it is told to be unsafe (S147)', async () => {
    const { client, counts } = await callingUsers();
    const cached = cacheAsTheSeedDoes(client);
    for (let call = 0; call < 2; call++) expect((await cached.call('POST', '/users', { id: '1' })).data).toEqual({ id: '1' });
    await cached.call('POST', '/users', { id: '2' });
    expect(counts.asked).toBe(2);
  });

  it('keeps what may be kept, and for whom it is, when it is not', async () => {
    const { client, counts } = await callingUsers();
    const cache = createRequestCache();
    for (let call = 0; call < 3; call++) expect((await readUser(client, cache, '1')).data).toEqual({ id: '1' });
    expect(counts.asked).toBe(1);
  });
});

describe('seed 16: batches of calls', () => {
  const requestOf = (id: string) => ({ method: 'GET', path: `/users/${id}`, body: null, options: { timeout: '5s' } });

  it('makes them a batch after the other, all calls of a batch at once, and answers in order (S148, S149, S151, S152)', async () => {
    const { client, counts } = await callingUsers();
    const responses = await batchOrFail(createBatchClient(client), ['3', '1', '2', '5', '4'].map(requestOf));
    expect(responses.map(({ data }) => data)).toEqual(['3', '1', '2', '5', '4'].map((id) => ({ id })));
    expect(counts).toMatchObject({ asked: 5, most: 2 });
  });

  it('makes no call for no requests (S150)', async () => {
    const { client, counts } = await callingUsers();
    expect(await createBatchClient(client).batchCall([])).toEqual([]);
    expect(counts.asked).toBe(0);
  });

  it('fails as a whole as the seed does, or tells of each what became of it (S153)', async () => {
    const { client } = await callingUsers();
    const requests = [requestOf('1'), { method: 'GET', path: '/broken', options: { throwOnStatus: true } }];
    await expect(batchOrFail(createBatchClient(client), requests)).rejects.toMatchObject({ code: 'WEFT_HTTP_STATUS' });
    const results = await createBatchClient(client).batchCall(requests);
    expect(results).toMatchObject([
      { ok: true, value: { data: { id: '1' } } },
      { ok: false, error: { code: 'WEFT_HTTP_STATUS' } },
    ]);
  });
});
