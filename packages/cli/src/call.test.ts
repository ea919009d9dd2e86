import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createRegistry } from '@weft/host';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Ran, weft } from '../test/console.js';
import { type TemporaryApp, temporaryApp } from '../test/temporary-app.js';
import type { CliIo } from './index.js';

let app: TemporaryApp;

beforeEach(async () => {
  app = await temporaryApp();
  await app.serve({ name: 'orders', id: 'orders-1' }, (service) => {
    service.addHandler('GET /orders/:id', ({ params }) => ({ id: params.id }));
    service.addHandler('POST /echo', ({ body, headers }) => ({ body, type: headers['content-type'], user: headers['x-user'] }));
    service.addHandler('GET /slow', async ({ signal }) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      return {};
    });
  });
});

afterEach(() => app.remove());

function call(args: readonly string[], io: Partial<CliIo> = {}): Promise<Ran> {
  return weft(['call', ...args], { folder: app.folder, ...io });
}

async function echo(args: readonly string[], io: Partial<CliIo> = {}): Promise<unknown> {
  const { stdout } = await call(['orders', 'POST', '/echo', '--json', ...args], io);
  return (JSON.parse(stdout) as { body: unknown }).body;
}

describe('weft call', () => {
  it('prints status, instance, tries and body', async () => {
    const { code, stdout } = await call(['orders', 'get', '/orders/7']);
    expect(stdout).toMatch(/^200 OK {2}from orders-1 \(127\.0\.0\.1:\d+\), 1 try, \d+ ms\n\{\n {2}"id": "7"\n\}\n$/);
    expect(code).toBe(0);
  });

  it('gives one JSON document', async () => {
    const { stdout } = await call(['orders', 'GET', '/orders/7', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      status: 200,
      instance: { id: 'orders-1', host: '127.0.0.1' },
      attempts: [{ instance: 'orders-1' }],
      body: { id: '7' },
    });
  });

  it('sends data from the command line, a file and standard input, as JSON and as it was typed', async () => {
    const file = await app.write('order.json', '{"items":[1]}');
    const type = 'application/json';
    expect(await echo(['--data', '007e', '-H', 'content-type: text/plain'])).toEqual({ body: '007e', type: 'text/plain' });
    expect(await echo(['--data', '{"items":[]}', '--header', 'X-User: 1'])).toEqual({ body: { items: [] }, type, user: '1' });
    expect(await echo(['--data', `@${file}`])).toEqual({ body: { items: [1] }, type });
    expect(await echo(['--data', '-'], { stdin: Readable.from(['{"items"', ':[2]}']) })).toEqual({ body: { items: [2] }, type });
  });

  it('exits 1 for an answer of status 400 or more, and prints it', async () => {
    const { code, stdout } = await call(['orders', 'GET', '/nothing']);
    expect(stdout).toMatch(/^404 Not Found {2}from orders-1/);
    expect(code).toBe(1);
  });

  it('exits 4 when there is no answer, and tells the tries', async () => {
    const registry = await createRegistry({ driver: 'file', path: join(app.folder, '.weft') }, { from: app.folder });
    await registry.register({ name: 'gone', id: 'gone-1', host: '127.0.0.1', port: 1 });
    const { code, stderr } = await call(['gone', 'GET', '/']);
    await registry.close();
    expect(stderr).toMatch(/\(WEFT_\w+\)\n {2}tried gone-1: refused, \d+ ms\n/);
    expect(code).toBe(4);
  });

  it('exits 4 for a service that nobody offers', async () => {
    const { code, stderr } = await call(['nobody', 'GET', '/', '--timeout', '200ms']);
    expect(stderr).toContain('nobody');
    expect(code).toBe(4);
  });

  it('refuses data that is no JSON, a header that is none, a file that is not there, and a bad method, with exit code 2', async () => {
    const refused = [
      await call(['orders', 'POST', '/echo', '--data', '{']),
      await call(['orders', 'POST', '/echo', '--header', 'x-user']),
      await call(['orders', 'POST', '/echo', '--data', '@nowhere.json']),
      await call(['orders', 'G T', '/echo']),
    ];
    expect(refused.map(({ code }) => code)).toEqual([2, 2, 2, 2]);
    expect(refused.map(({ stderr }) => stderr)).toEqual([
      expect.stringContaining('--data is not JSON'),
      expect.stringContaining('expected "name: value"'),
      expect.stringContaining('cannot read @nowhere.json'),
      expect.stringContaining('method "G T" is refused'),
    ]);
  });

  it('is cancelled by a signal and exits 130', async () => {
    const stopping = new AbortController();
    const calling = call(['orders', 'GET', '/slow'], { signal: stopping.signal });
    setTimeout(() => stopping.abort(), 200);
    expect((await calling).code).toBe(130);
  });
});
