import { join } from 'node:path';
import { createRegistry } from '@weft/host';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Ran, weft } from '../test/console.js';
import { type TemporaryApp, temporaryApp } from '../test/temporary-app.js';
import type { CliIo } from './index.js';

let app: TemporaryApp;

beforeEach(async () => {
  app = await temporaryApp();
  for (const id of ['orders-1', 'orders-2'])
    await app.serve({ name: 'orders', id }, (service) => {
      service.addHandler('GET /orders/:id', ({ params }) => ({ id: params.id }));
      service.addHandler('GET /busy', ({ json }) => json({}, { status: 503 }));
      service.addHandler('GET /slow', ({ signal }) => new Promise((resolve) => signal.addEventListener('abort', resolve)));
      service.addHandler('POST /echo', ({ body, headers }) => (headers['x-user'] === '1' ? { body } : undefined));
    });
});

afterEach(() => app.remove());

function explain(args: readonly string[], io: Partial<CliIo> = {}): Promise<Ran> {
  return weft(['explain', ...args], { folder: app.folder, ...io });
}

async function withPolicies(policies: object): Promise<void> {
  const path = join(app.folder, '.weft');
  await app.write('weft.config.json', JSON.stringify({ registry: { driver: 'file', path }, policies }));
}

describe('weft explain', () => {
  it('tells of an answered call who could have answered, who did, and which rule decided', async () => {
    const { code, stdout } = await explain(['orders', 'GET', '/orders/7']);
    expect(stdout).toMatch(/^GET orders\/orders\/7: answered 200\n {2}because the service answered \(answered\)\n/);
    expect(stdout).toMatch(/\n {2}policies: none\n {2}time: 30000 ms, breaker: none, retries left in the budget: \d+\n/);
    expect(stdout).toMatch(/\norders-1 +1\.0\.0 +127\.0\.0\.1:\d+ +[01]\n/);
    expect(stdout).toMatch(/\ntry +instance +outcome +ms\n1 +orders-[12] +status 200 +\d+\n$/);
    expect(code).toBe(0);
  });

  it('tells of a failed call every try, why it ended, and exits as weft call does', async () => {
    await withPolicies({ orders: { retries: 1 }, 'orders GET /busy': { throwOnStatus: true } });
    const { code, stdout } = await explain(['orders', 'GET', '/busy']);
    expect(stdout).toMatch(
      /^GET orders\/busy: WEFT_HTTP_STATUS\n {2}because all tries that it was allowed were used up \(attempts\)\n/,
    );
    expect(stdout).toContain('  policies: orders GET /busy, orders\n');
    expect(stdout).toMatch(/\n1 +orders-[12] +status 503 +\d+\n2 +orders-[12] +status 503 +\d+\n$/);
    expect(code).toBe(4);
  });

  it('tells of what never became a call that nothing was sent, and why', async () => {
    const { stdout } = await explain(['orders', 'GET', '/orders\\7?token=sesame']);
    expect(stdout).toMatch(/^GET orders\/orders\\7: WEFT_INVALID_ARGUMENT\n {2}because .*; nothing was sent \(invalid\)\n/);
    expect(stdout).toMatch(/\n\nno candidates\n\nnothing was sent\n$/);
    expect(stdout).not.toMatch(/sesame|budget/);
    const refused = await explain(['orders', 'G T', '/', '--json']);
    expect(JSON.parse(refused.stdout)).toMatchObject({ rule: 'invalid', attempts: [], error: { code: 'WEFT_INVALID_ARGUMENT' } });
  });

  it('tells of an answer that a fallback made what had failed, and which rule had decided', async () => {
    await withPolicies({ orders: { retries: 1, fallback: { value: { id: 'unknown' } } } });
    const { code, stdout } = await explain(['orders', 'GET', '/busy']);
    expect(stdout).toMatch(
      /^GET orders\/busy: answered 200\n {2}because the call failed and its fallback answered \(fallback\)\n/,
    );
    expect(stdout).toMatch(
      /\n {2}instead of WEFT_HTTP_STATUS, because all tries that it was allowed were used up \(attempts\)\n {2}.*answered 503.*\n/,
    );
    expect(stdout).toMatch(/\n1 +orders-[12] +status 503 +\d+\n2 +orders-[12] +status 503 +\d+\n$/);
    expect(code).toBe(0);
  });

  it('goes by the policies that stand in the config center now, as running programs do, and tells of those that are bad', async () => {
    const place = { driver: 'file', path: join(app.folder, '.weft') };
    const own = { 'orders GET /busy': { retries: 0 } };
    await app.write('weft.config.json', JSON.stringify({ registry: place, config: place, policies: own }));
    const policies = { orders: { loadBalancer: { strategy: 'round_robin', options: { filter: { metadata: { none: 'x' } } } } } };
    await weft(['config', 'set', 'policies', JSON.stringify(policies)], { folder: app.folder });
    const governed = await explain(['orders', 'GET', '/busy', '--timeout', '500ms']);
    expect(governed.stdout).toContain('  policies: orders GET /busy, orders\n');
    expect(governed.stdout).toContain('(no-instance)');
    await weft(['config', 'set', 'policies', '{"orders":{"retrys":1}}'], { folder: app.folder });
    const refused = await explain(['orders', 'GET', '/busy']);
    expect(refused.stderr).toMatch(/policies of the config center is refused: .*Did you mean "retries"/);
    expect(refused.stdout).toContain('  policies: orders GET /busy\n');
    expect(refused.stdout).toMatch(/\n1 +orders-[12] +status 503 +\d+\n$/);
  });

  it('tells why an instance was skipped', async () => {
    const registry = await createRegistry({ driver: 'file', path: join(app.folder, '.weft') }, { from: app.folder });
    await registry.register({
      name: 'other',
      id: 'other-1',
      host: '127.0.0.1',
      endpoints: [{ protocol: 'carrier-pigeon', port: 1 }],
    } as never);
    const { code, stdout } = await explain(['other', 'GET', '/', '--timeout', '500ms']);
    await registry.close();
    expect(stdout).toContain('nothing was sent');
    expect(stdout).toMatch(/other-1 .* no transport of this client speaks carrier-pigeon/);
    expect(code).toBe(4);
  });

  it('gives one JSON document, of answers and of failures', async () => {
    const answered = await explain(['orders', 'POST', '/echo', '--data', '{"a":1}', '-H', 'x-user: 1', '--json']);
    expect(JSON.parse(answered.stdout)).toMatchObject({ call: 'POST orders/echo', rule: 'answered', status: 200 });
    const failed = await explain(['nobody', 'GET', '/', '--timeout', '200ms', '--json']);
    expect(JSON.parse(failed.stdout)).toMatchObject({
      candidates: [],
      attempts: [],
      error: { code: expect.stringContaining('WEFT_') },
    });
    expect([answered.code, failed.code]).toEqual([0, 4]);
  });

  it('exits 1 for an answer of status 400 or more, 2 for what is no call, 130 when it is cancelled', async () => {
    expect((await explain(['orders', 'GET', '/nothing'])).code).toBe(1);
    const refused = await explain(['orders', 'G T', '/']);
    expect(refused.code).toBe(2);
    expect(refused.stdout).toContain('method "G T" is refused');
    const stopping = new AbortController();
    const calling = explain(['orders', 'GET', '/slow'], { signal: stopping.signal });
    setTimeout(() => stopping.abort(), 200);
    expect((await calling).code).toBe(130);
  });
});
