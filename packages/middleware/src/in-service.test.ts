import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, type RequestOptions, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServiceError, type StandardSchemaV1 } from '@weft/core';
import { Service, type ServiceMiddleware } from '@weft/service';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  type AuditEntry,
  audit,
  bearerAuth,
  callerOf,
  compress,
  mutualAuth,
  requestLog,
  securityHeaders,
  validate,
} from './index.js';
import { keptLogger } from './sample-request.fixture.js';

const running: Service[] = [];
afterEach(async () => {
  for (const service of running.splice(0)) await service.stop({ immediate: true });
});

async function serve(middlewares: readonly ServiceMiddleware[], build: (service: Service) => void, tls?: Tls): Promise<Service> {
  const service = new Service({ name: 'orders', ...(tls && { tls }) });
  for (const middleware of middlewares) service.use(middleware);
  build(service);
  running.push(service);
  await service.start();
  return service;
}

const limit: StandardSchemaV1<unknown, { readonly limit: number }> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value) => {
      const number = Number((value as { limit?: string }).limit);
      return Number.isNaN(number)
        ? { issues: [{ message: 'expected a number', path: ['limit'] }] }
        : { value: { limit: number } };
    },
  },
};

describe('All middlewares in a service', () => {
  it('see the route, the caller and the trace of a request', async () => {
    const entries: AuditEntry[] = [];
    const logger = keptLogger();
    const all: ServiceMiddleware[] = [
      requestLog({ logger }),
      audit({ write: (entry) => entries.push(entry) }),
      securityHeaders(),
      compress(),
      bearerAuth({ tokens: { ann: 'abc' } }),
      validate({ query: limit }),
    ];
    const service = await serve(all, (it) => it.addHandler('GET /orders/:id', (it) => [it.params.id, it.query, it.user]));
    const url = `http://127.0.0.1:${service.port}/orders/7?limit=3`;
    const answer = await fetch(url, { headers: { authorization: 'Bearer abc' } });
    expect([answer.status, await answer.json()]).toEqual([200, ['7', { limit: 3 }, { id: 'ann' }]]);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect((await fetch(url)).status).toBe(401);
    expect(entries).toMatchObject([
      { who: 'ann', method: 'GET', path: '/orders/7', route: '/orders/:id', status: 200, result: 'done' },
      { who: undefined, route: '/orders/:id', status: 401, result: 'refused' },
    ]);
    expect(entries[0]?.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(logger.lines.map(([level, , fields]) => [level, fields?.route, fields?.status])).toEqual([
      ['info', '/orders/:id', 200],
      ['info', '/orders/:id', 401],
    ]);
  });

  it('put security headers on the answer to what is thrown, whatever throws it, and on 404', async () => {
    const service = await serve([securityHeaders({ 'x-frame-options': 'SAMEORIGIN' }), validate({ query: limit })], (it) => {
      it.addHandler('GET /refused', () => {
        throw new ServiceError(409, 'no');
      });
      it.addHandler('GET /panic', async () => {
        throw new Error('no');
      });
    });
    const ask = (path: string) => fetch(`http://127.0.0.1:${service.port}${path}`);
    for (const [path, status] of [
      ['/refused?limit=1', 409],
      ['/panic?limit=1', 500],
      ['/refused?limit=x', 400],
      ['/nowhere?limit=1', 404],
    ] as const) {
      const { status: got, headers } = await ask(path);
      expect([got, headers.get('x-frame-options'), headers.get('content-type')], path).toEqual([
        status,
        'SAMEORIGIN',
        'application/json',
      ]);
    }
  });

  it('give a handler the types of its schemas', async () => {
    const service = await serve([], (it) => {
      it.addHandler(
        'GET /limit',
        validate({ query: limit })(async ({ query, json }) => json(query.limit.toFixed(1))),
      );
      it.addVersion(
        '2',
        'GET /limit',
        validate({ query: limit })(({ query }) => query.limit + 1),
      );
    });
    const url = `http://127.0.0.1:${service.port}/limit?limit=3`;
    expect(await (await fetch(url)).json()).toBe('3.0');
    expect(await (await fetch(url, { headers: { 'x-api-version': '2' } })).json()).toBe(4);
  });
});

type Tls = { readonly cert: string; readonly key: string; readonly ca: string };

const folder = mkdtempSync(join(tmpdir(), 'weft-mutual-'));
const pem = (name: string) => readFileSync(join(folder, name), 'utf8');
const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
const NEW_KEY = 'req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1'.split(' ');

function makeAuthority(name: string): void {
  openssl(...NEW_KEY, '-x509', '-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.pem`);
}

function makeCertificate(name: string, authority: string, alternative: string): void {
  writeFileSync(join(folder, `${name}.ext`), `subjectAltName = ${alternative}`);
  openssl(
    ...NEW_KEY.filter((word) => word !== '-days' && word !== '1'),
    '-subj',
    `/CN=${name}`,
    '-keyout',
    `${name}.key`,
    '-out',
    `${name}.csr`,
  );
  const signed = ['-CA', `${authority}.pem`, '-CAkey', `${authority}.key`, '-CAcreateserial', '-days', '1'];
  openssl('x509', '-req', '-in', `${name}.csr`, ...signed, '-extfile', `${name}.ext`, '-out', `${name}.pem`);
}

function makeCertificates(): boolean {
  try {
    makeAuthority('ours');
    makeAuthority('theirs');
    makeCertificate('server', 'ours', 'DNS:orders.test,IP:127.0.0.1');
    makeCertificate('gateway', 'ours', 'URI:spiffe://mesh/gateway');
    makeCertificate('batch', 'ours', 'URI:spiffe://mesh/batch');
    makeCertificate('forged', 'theirs', 'URI:spiffe://mesh/gateway');
    return true;
  } catch {
    return false;
  }
}

const hasOpenssl = makeCertificates();
afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(!hasOpenssl)('mutualAuth in a service, over TLS', () => {
  let port = 0;
  let tls: Tls;
  beforeAll(() => {
    tls = { cert: pem('server.pem'), key: pem('server.key'), ca: pem('ours.pem') };
  });

  async function open(): Promise<void> {
    const guarded = [securityHeaders(), mutualAuth({ allow: ['spiffe://mesh/gateway'] })];
    const service = await serve(
      guarded,
      (it) => it.addHandler('GET /who', (request) => [callerOf(request)?.id, request.peer?.uris]),
      tls,
    );
    ({ port } = service);
  }

  /** What a caller with this certificate gets; `['refused']` when it does not come as far as an answer. */
  function ask(name: string | undefined, path = '/who', agent: RequestOptions['agent'] = false): Promise<unknown[]> {
    const own = name === undefined ? {} : { cert: pem(`${name}.pem`), key: pem(`${name}.key`) };
    return new Promise((resolve) => {
      const sent = request({ host: '127.0.0.1', port, path, ca: pem('ours.pem'), agent, ...own }, async (response) => {
        const text = Buffer.concat(await response.toArray()).toString();
        resolve([response.statusCode, JSON.parse(text)]);
      });
      sent.on('error', () => resolve(['refused'])).end();
    });
  }

  it('lets in who has a name that is allowed, says who it is, and refuses another name with 403', async () => {
    await open();
    expect(await ask('gateway')).toEqual([200, ['spiffe://mesh/gateway', ['spiffe://mesh/gateway']]]);
    expect(await ask('batch')).toEqual([403, { error: 'This client certificate is not allowed here', code: 403 }]);
  });

  it('lets nobody as far as that without a certificate, or with one of another authority that has the same name', async () => {
    await open();
    expect(await ask(undefined)).toEqual(['refused']);
    expect(await ask('forged')).toEqual(['refused']);
    expect(await ask('forged', '/health')).toEqual(['refused']);
  });

  it('knows a caller on a connection that is used again, and on one that resumes a session', async () => {
    await open();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let turn = 0; turn < 3; turn++) expect((await ask('gateway', '/who', agent))[0], `turn ${turn}`).toBe(200);
    agent.destroy();
    const resuming = new Agent({ keepAlive: false });
    for (let turn = 0; turn < 3; turn++) expect((await ask('gateway', '/who', resuming))[0], `turn ${turn}`).toBe(200);
    expect((await ask('batch', '/who', resuming))[0]).toBe(403);
    resuming.destroy();
  });
});
