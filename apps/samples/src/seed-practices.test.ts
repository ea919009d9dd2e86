import { type Logger, noopLogger, ServiceError } from '@weft/core';
import { createClient } from '@weft/host';
import { VersionedService } from '@weft/service';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { REGISTRY } from './backend.js';
import { inSampleFolder } from './sample-folder.js';
import { CachedUserService, type User } from './seed-21-service-design.js';
import { errorHandlingMiddleware, orderNotFound } from './seed-22-error-handling.js';
import { checkDatabaseAndCache } from './seed-23-health-check.js';
import { createUserVersions, serveVersions } from './seed-24-versions.js';
import { startedService, urlOf } from './started-service.js';

inSampleFolder();

describe('seed 21: the design of a service', () => {
  const rows = new Map<string, User>();
  const cached = new Map<string, { readonly user: User; readonly ttlMs: number }>();
  let finds = 0;
  const table = {
    async find(id: string) {
      finds++;
      const user = rows.get(id);
      if (!user) throw new Error(`no user ${id}`);
      return user;
    },
    save: async (user: User) => void rows.set(user.id, user),
    remove: async (id: string) => void rows.delete(id),
    list: async (offset: number, limit: number) => [[...rows.values()].slice(offset, offset + limit), rows.size] as const,
  };
  const cache = {
    get: (key: string) => cached.get(key)?.user,
    set: (key: string, user: User, ttlMs: number) => void cached.set(key, { user, ttlMs }),
    delete: (key: string) => void cached.delete(key),
  };
  const users = new CachedUserService(table, cache, noopLogger);

  beforeEach(() => {
    rows.clear();
    cached.clear();
    finds = 0;
  });

  it('reads a user from the database once, and keeps it for an hour under user:{id} (S168, S169, S170)', async () => {
    await users.createUser({ id: '7', name: 'Ann' });
    expect([await users.getUser('7'), await users.getUser('7'), finds]).toEqual([
      { id: '7', name: 'Ann' },
      { id: '7', name: 'Ann' },
      1,
    ]);
    expect([...cached]).toEqual([['user:7', { user: { id: '7', name: 'Ann' }, ttlMs: 3_600_000 }]]);
  });

  it('never answers with a user that was changed or deleted since (S170)', async () => {
    await users.createUser({ id: '7', name: 'Ann' });
    await users.getUser('7');
    await users.updateUser('7', { id: '7', name: 'Bea' });
    expect(await users.getUser('7')).toEqual({ id: '7', name: 'Bea' });
    await users.deleteUser('7');
    await expect(users.getUser('7')).rejects.toThrow('no user 7');
  });

  it('lists a page and says how many there are in all (S168)', async () => {
    for (const id of ['1', '2', '3']) await users.createUser({ id, name: `user ${id}` });
    expect(await users.listUsers(2, 2)).toEqual([[{ id: '3', name: 'user 3' }], 3]);
  });
});

describe('seed 22: errors', () => {
  const handlers = {
    'GET /orders/:id': () => {
      throw orderNotFound('0');
    },
    'GET /panic': () => {
      throw new Error('nil pointer');
    },
    'GET /well': () => ({ ok: true }),
  };
  const internal = [500, 'application/json', '{"error":"Internal server error","code":500}'];

  async function answerOf(url: string) {
    const response = await fetch(url);
    return [response.status, response.headers.get('content-type'), await response.text()];
  }

  it('has one error with code, message and details, whose text is its message (S174)', () => {
    expect(orderNotFound('0')).toMatchObject({ code: 404, message: 'Order not found', details: 'no order with id 0' });
    expect(String(orderNotFound('0'))).toBe('Order not found');
    expect(JSON.stringify(new ServiceError(409, 'taken'))).not.toContain('details');
  });

  it('answers what a handler throws on purpose with its own code, by itself (S173, S174)', async () => {
    const service = await startedService({ name: 'orders' }, handlers);
    expect(await answerOf(urlOf(service, '/orders/0'))).toEqual([
      404,
      'application/json',
      '{"error":"Order not found","code":404,"details":"no order with id 0"}',
    ]);
  });

  it('answers anything else with 500 and logs it, by itself, and lives on (S175, S176, S177, S178)', async () => {
    const lines: string[] = [];
    const logger: Logger = { ...noopLogger, error: (line) => void lines.push(line), child: () => logger };
    const service = await startedService({ name: 'orders' }, handlers, logger);
    expect(await answerOf(urlOf(service, '/panic'))).toEqual(internal);
    expect(lines).toEqual(['Panic: Error: nil pointer']);
    expect((await fetch(urlOf(service, '/well'))).status).toBe(200);
  });

  it("does the same with the seed's own middleware around the handlers (S175, S176, S177, S178, S192, S195)", async () => {
    const lines: string[] = [];
    const service = await startedService({ name: 'orders' }, handlers);
    service.use(errorHandlingMiddleware((line) => lines.push(line)));
    expect(await answerOf(urlOf(service, '/panic'))).toEqual(internal);
    expect(lines).toEqual(['Panic: nil pointer']);
    expect((await fetch(urlOf(service, '/orders/0'))).status).toBe(404);
    expect((await fetch(urlOf(service, '/well'))).status).toBe(200);
  });
});

describe('seed 23: health checks', () => {
  it('reports both as healthy at the health path (S179, S180, S181, S182, S184)', async () => {
    const asked: string[] = [];
    const service = await startedService({ name: 'user-service' });
    const db = { query: async (sql: string) => asked.push(sql) };
    checkDatabaseAndCache(service, db, { ping: async () => 'PONG' });
    const response = await fetch(urlOf(service, '/health'));
    const body = (await response.json()) as { timestamp: string };
    expect(response.status).toBe(200);
    expect(body).toEqual({
      status: 'healthy',
      timestamp: body.timestamp,
      checks: { database: { status: 'healthy' }, cache: { status: 'healthy' } },
    });
    expect(new Date(body.timestamp).toISOString()).toBe(body.timestamp);
    expect(asked).toContain('SELECT 1');
  });

  it('is unhealthy as soon as one check fails, and still reports the other (S179-S184)', async () => {
    const service = await startedService({ name: 'user-service' });
    const db = { query: async () => Promise.reject(new Error('connection refused')) };
    checkDatabaseAndCache(service, db, { ping: async () => 'PONG' });
    const response = await fetch(urlOf(service, '/health'));
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({
      status: 'unhealthy',
      checks: { database: { status: 'failed', error: 'connection refused' }, cache: { status: 'healthy' } },
    });
    expect(await service.health.check()).toMatchObject({ status: 'unhealthy' });
  });
});

describe('seed 24: versions', () => {
  it('has handlers by version, else the latest, else an error (S185, S186, S187, S188)', () => {
    const versions = createUserVersions();
    expect(versions.getHandler('9.9.9')).toBe(versions.getHandler('latest'));
    expect(versions.getHandler('1.0.0')).not.toBe(versions.getHandler('latest'));
    expect(() => new VersionedService().getHandler('1.0.0')).toThrow('no handler found for version');
  });

  it('chooses by X-API-Version, the latest when it is absent or unknown (S189, S190, S191)', async () => {
    const service = await startedService({ name: 'user-service' });
    serveVersions(service, createUserVersions());
    const client = await createClient({ serviceName: 'user-service', registry: REGISTRY });
    onTestFinished(() => client.close());
    const latest = { id: '7', links: { self: '/users/7' } };
    const asked = async (version?: string) =>
      (await client.get('/users/7', version === undefined ? {} : { headers: { 'X-API-Version': version } })).data;
    expect([await asked('1.0.0'), await asked(), await asked(''), await asked('9.9.9')]).toEqual([
      { id: '7' },
      latest,
      latest,
      latest,
    ]);
  });
});
