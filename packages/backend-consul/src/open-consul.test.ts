import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { noopLogger, systemClock } from '@weft/core';
import { describeOn, type RunningServer, startServer } from '@weft-tooling/servers';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ConsulOptions, ConsulSurroundings } from './consul-options.js';
import { openConsul } from './open-consul.js';

const { signal } = new AbortController();
const leader = { what: 'looking', path: ['status', 'leader'], signal };

async function failureOf(options: ConsulOptions, surroundings: ConsulSurroundings = {}): Promise<unknown> {
  const opened = await openConsul(options, { path: 'registry', ...surroundings }).catch((error: unknown) => error);
  if (!(opened instanceof Error)) await (opened as { close(): Promise<void> }).close();
  return opened;
}

describe('options that are not usable', () => {
  it.each<[string, ConsulOptions, string]>([
    ['an empty address', { address: '' }, 'registry.address'],
    ['an unknown scheme', { address: 'ftp://a:1' }, 'http://, https://'],
    ['a path', { address: 'http://a:1/consul' }, 'without a path'],
    ['both schemes', { address: ['http://a:1', 'https://b:1'] }, 'one of the two'],
    ['http with tls', { address: 'http://a:1', tls: true }, 'https://'],
    ['https without tls', { address: 'https://a:1', tls: false }, 'registry.tls'],
    ['a timeout that is none', { timeout: 'soon' }, 'registry.timeout'],
    ['no time at all', { timeout: 0 }, 'registry.timeout'],
    ['a file that is not there', { tls: { ca: 'nowhere.pem' } }, 'registry.tls.ca'],
    ['a certificate without its key', { tls: { cert: 'a.pem' } }, 'registry.tls'],
  ])('are refused before anything is asked: %s', async (_, options, where) => {
    expect(await failureOf(options)).toMatchObject({ code: 'WEFT_CONFIG_INVALID', message: expect.stringContaining(where) });
  });
});

describeOn('consul', describe)('a Consul without namespaces', () => {
  it('refuses to open with one, and says where it stands', async () => {
    const server = await startServer('consul');
    try {
      const failure = await failureOf({ address: server.address, namespace: 'team-a' });
      expect(failure).toMatchObject({ code: 'WEFT_CONFIG_INVALID', message: expect.stringMatching(/^registry\.namespace: /) });
    } finally {
      await server.stop();
    }
  });
});

describe('a cluster that cannot be reached', () => {
  it('is no failure of opening, operations reject until it can be, and a change is logged once', async () => {
    const lines: string[] = [];
    const logger = { ...noopLogger, warn: (message: string) => void lines.push(message) };
    const backend = await openConsul({ address: '127.0.0.1:1', timeout: 500 }, { logger });
    for (let time = 0; time < 3; time++) {
      await expect(backend.request(leader)).rejects.toMatchObject({ code: 'WEFT_REGISTRY_UNAVAILABLE', failure: 'refused' });
    }
    expect(lines).toEqual(['consul cannot be reached']);
    await backend.close();
  });

  it('keeps its token and its password to itself when it is printed, errors too', async () => {
    const backend = await openConsul({ address: 'http://me:sesame@127.0.0.1:1', token: 'open-sesame', timeout: 500 });
    const error = await backend.request(leader).catch((reason: unknown) => reason);
    const hidden = [/sesame/, new RegExp(Buffer.from('me:sesame').toString('base64'))];
    const shown = [inspect([backend, error], { depth: 12, showHidden: true }), JSON.stringify([backend, error])].join();
    for (const secret of hidden) expect(shown).not.toMatch(secret);
    await backend.close();
  });

  it('holds opening up for at most 3 s', async () => {
    const silent: Server = createServer(() => {}).listen(0, '127.0.0.1');
    await vi.waitFor(() => expect(silent.listening).toBe(true), { timeout: 10_000 });
    const startedAt = systemClock.now();
    const backend = await openConsul({ address: `127.0.0.1:${(silent.address() as AddressInfo).port}` });
    expect(systemClock.now() - startedAt).toBeLessThan(4_000);
    await backend.close();
    silent.close();
  });
});

describe('a server that answers nonsense', () => {
  it('has answered: the failure is none of the wire', async () => {
    const garbage: Server = createServer((socket) => socket.end('what?\r\n\r\n')).listen(0, '127.0.0.1');
    await vi.waitFor(() => expect(garbage.listening).toBe(true), { timeout: 10_000 });
    const backend = await openConsul({ address: `127.0.0.1:${(garbage.address() as AddressInfo).port}` });
    const error = await backend.request(leader).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'WEFT_REGISTRY_UNAVAILABLE', message: expect.stringContaining('makes no sense') });
    expect(error).not.toHaveProperty('failure');
    await backend.close();
    garbage.close();
  });
});

describeOn('consul', describe)('a Consul that speaks TLS alone and asks for certificates', () => {
  let folder: string;
  let server: RunningServer;

  function openssl(...args: string[]): void {
    const { status, stderr } = spawnSync('openssl', args, { cwd: folder, encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
  }

  function authority(name: string): void {
    openssl(
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-days',
      '2',
      '-subj',
      `/CN=${name}`,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.pem`,
    );
  }

  function certificate(name: string, by: string): void {
    writeFileSync(join(folder, 'names.cnf'), 'subjectAltName=DNS:localhost,IP:127.0.0.1');
    openssl(
      'req',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-subj',
      `/CN=${name}`,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.csr`,
    );
    openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      '-CA',
      `${by}.pem`,
      '-CAkey',
      `${by}.key`,
      '-CAcreateserial',
      '-days',
      '2',
      '-extfile',
      'names.cnf',
      '-out',
      `${name}.pem`,
    );
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'weft-consul-tls-'));
    for (const name of ['ca', 'stranger']) authority(name);
    certificate('server', 'ca');
    certificate('client', 'ca');
    certificate('nobody', 'stranger');
    const file = (name: string) => join(folder, name);
    const tls = { certFile: file('server.pem'), keyFile: file('server.key'), caFile: file('ca.pem'), clientCertificates: true };
    server = await startServer('consul', { tls });
  });
  afterAll(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const mutual = { ca: 'ca.pem', cert: 'client.pem', key: 'client.key' };

  it('is talked to with a certificate of its authority, by name and by address', async () => {
    for (const host of ['localhost', '127.0.0.1']) {
      const backend = await openConsul({ address: `https://${host}:${server.port}`, tls: mutual }, { folder });
      expect((await backend.request(leader)).body).toContain('127.0.0.1:');
      await backend.close();
    }
  });

  it.each<[string, ConsulOptions['tls']]>([
    ['its authority is not trusted', { ...mutual, ca: 'stranger.pem' }],
    ['its name is not the expected one', { ...mutual, serverName: 'else.example' }],
    ['it is shown no certificate', { ca: 'ca.pem' }],
    ['it is shown one of an authority that it does not know', { ca: 'ca.pem', cert: 'nobody.pem', key: 'nobody.key' }],
  ])('refuses to open when %s, with the reason', async (_, tls) => {
    const error = await failureOf({ address: server.address, ...(tls && { tls }) }, { folder });
    expect(error).toMatchObject({ code: 'WEFT_UNAUTHENTICATED', message: expect.stringContaining(server.address) });
  });

  it('refuses to open when it is talked to without TLS', async () => {
    expect(await failureOf({ address: `http://${server.address}` })).toMatchObject({
      code: 'WEFT_CONFIG_INVALID',
      message: expect.stringContaining('HTTPS'),
    });
  });

  it('refuses to open when TLS is spoken to an agent that does not, and asks whether it does', async () => {
    const plain = await startServer('consul');
    const error = await failureOf({ address: `https://${plain.address}`, tls: { ca: 'ca.pem' } }, { folder });
    await plain.stop();
    expect(error).toMatchObject({
      code: 'WEFT_UNAUTHENTICATED',
      message: expect.stringMatching(/wrong version number.* \(does the server speak TLS\?\)$/),
    });
  });

  it('refuses to open with a key that is not the one of the certificate, and outlives such a pair later', async () => {
    const tls = { ca: 'ca.pem', cert: 'own.pem', key: 'own.key' };
    copied('client', 'nobody');
    const refused = { code: 'WEFT_CONFIG_INVALID', message: expect.stringContaining('registry.tls: cannot be used') };
    expect(await failureOf({ address: server.address, tls }, { folder })).toMatchObject(refused);
    copied('client');
    const backend = await openConsul({ address: server.address, tls }, { folder, path: 'registry' });
    copied('client', 'nobody');
    await server.restart();
    await vi.waitFor(() => expect(backend.request(leader)).rejects.toMatchObject(refused), { timeout: 20_000 });
    copied('client');
    await vi.waitFor(() => backend.request(leader), { timeout: 20_000 });
    await backend.close();
  });

  it('is shown a new certificate with the next connection', async () => {
    const backend = await openConsul(
      { address: server.address, tls: { ca: 'ca.pem', cert: 'own.pem', key: 'own.key' } },
      { folder: copied('client') },
    );
    await backend.request(leader);
    copied('nobody');
    await backend.request(leader);
    await server.restart();
    await vi.waitFor(() => expect(backend.request(leader)).rejects.toMatchObject({ code: 'WEFT_UNAUTHENTICATED' }), {
      timeout: 20_000,
    });
    copied('client');
    await vi.waitFor(() => backend.request(leader), { timeout: 20_000 });
    await backend.close();
  });

  function copied(name: string, keyOf = name): string {
    writeFileSync(join(folder, 'own.pem'), readFileSync(join(folder, `${name}.pem`)));
    writeFileSync(join(folder, 'own.key'), readFileSync(join(folder, `${keyOf}.key`)));
    return folder;
  }
});
