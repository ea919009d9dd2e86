import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TlsFiles } from '@weft/core';
import { findServer, type RunningServer, startServer } from '@weft-tooling/servers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type EtcdBackend, openEtcd } from './index.js';

const found = findServer('etcd');
const reason = 'missing' in found ? found.missing : found.version;
const { signal } = new AbortController();
const opened: EtcdBackend[] = [];
let folder = '';

/** An authority of its own, and certificates that it has signed. */
function makeAuthority(name: string): void {
  const subject = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', `/CN=${name}`];
  openssl('req', ...subject, '-keyout', `${name}.key`, '-out', `${name}.pem`);
}

function makeCertificate(authority: string, name: string): void {
  openssl('req', '-newkey', 'rsa:2048', '-nodes', '-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.csr`);
  writeFileSync(join(folder, 'names.txt'), 'subjectAltName=DNS:localhost,DNS:etcd.example,IP:127.0.0.1\n');
  const signed = ['-CA', `${authority}.pem`, '-CAkey', `${authority}.key`, '-CAcreateserial', '-extfile', 'names.txt'];
  openssl('x509', '-req', '-days', '1', '-in', `${name}.csr`, '-out', `${name}.pem`, ...signed);
}

function openssl(...args: string[]): void {
  execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
}

const open = async (address: string, tls?: TlsFiles | boolean) => {
  const etcd = await openEtcd({ address, tls, timeout: '3s' }, { folder, path: 'registry' });
  opened.push(etcd);
  return etcd;
};

const serverTls = (clientCertificates: boolean) => ({
  certFile: join(folder, 'server.pem'),
  keyFile: join(folder, 'server.key'),
  caFile: join(folder, 'ca.pem'),
  clientCertificates,
});

describe.skipIf('missing' in found)(`etcd over TLS (${reason})`, () => {
  let server: RunningServer;
  let strict: RunningServer;
  let plain: RunningServer;
  const near = ({ port }: RunningServer) => `localhost:${port}`;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'weft-etcd-tls-'));
    for (const name of ['ca', 'stranger']) makeAuthority(name);
    makeCertificate('ca', 'server');
    makeCertificate('ca', 'client');
    makeCertificate('stranger', 'intruder');
    [server, strict, plain] = await Promise.all([
      startServer('etcd', { tls: serverTls(false) }),
      startServer('etcd', { tls: serverTls(true) }),
      startServer('etcd'),
    ]);
  });
  afterEach(() => Promise.all(opened.splice(0).map((etcd) => etcd.close())));
  afterAll(async () => {
    await Promise.all([server.stop(), strict.stop(), plain.stop()]);
    rmSync(folder, { recursive: true, force: true });
  });

  it('trusts the authority of a file, relative to the folder of the config', async () => {
    const etcd = await open(near(server), { ca: 'ca.pem' });
    await etcd.put('a', '1', { signal });
    expect(await etcd.get('a', { signal })).toMatchObject({ text: '1' });
    await server.restart();
    expect(await etcd.get('a', { signal })).toMatchObject({ text: '1' });
  });

  it('checks the name that it is told to expect', async () => {
    const etcd = await open(near(server), { ca: 'ca.pem', serverName: 'etcd.example' });
    expect(await etcd.get('none', { signal })).toBeUndefined();
    await expect(open(near(server), { ca: 'ca.pem', serverName: 'other.example' })).rejects.toMatchObject({
      code: 'WEFT_UNAUTHENTICATED',
      message: expect.stringContaining('other.example'),
    });
  });

  it('shows a certificate to a server that demands one', async () => {
    const etcd = await open(near(strict), { ca: 'ca.pem', cert: 'client.pem', key: 'client.key' });
    await etcd.put('a', '1', { signal });
    expect(await etcd.get('a', { signal })).toMatchObject({ text: '1' });
  });

  it('does not open when a certificate is refused, on either side, and says why', async () => {
    const refusals: readonly (readonly [RunningServer, TlsFiles])[] = [
      [server, { ca: 'stranger.pem' }],
      [server, {}],
      [strict, { ca: 'ca.pem' }],
      [strict, { ca: 'ca.pem', cert: 'intruder.pem', key: 'intruder.key' }],
    ];
    for (const [at, tls] of refusals) {
      const error = await open(near(at), tls).catch((thrown: unknown) => thrown);
      expect(error, JSON.stringify(tls)).toMatchObject({
        code: 'WEFT_UNAUTHENTICATED',
        message: expect.stringMatching(/certificate/),
      });
    }
  });

  it('says so when only one side speaks TLS', async () => {
    const cases: readonly (readonly [string, TlsFiles | boolean | undefined, string])[] = [
      [`http://${near(server)}`, undefined, 'does the server want TLS?'],
      [near(server), undefined, 'does the server want TLS?'],
      [near(strict), undefined, 'does the server want TLS?'],
      [`https://${near(plain)}`, { ca: 'ca.pem' }, 'does the server speak TLS?'],
      [near(plain), true, 'does the server speak TLS?'],
    ];
    for (const [address, tls, question] of cases) {
      const etcd = await open(address, tls);
      const error = await etcd.get('a', { signal }).catch((thrown: unknown) => thrown);
      const expected = { code: 'WEFT_REGISTRY_UNAVAILABLE', failure: 'refused', message: expect.stringContaining(question) };
      expect(error, address).toMatchObject(expected);
    }
  });

  it('asks for no TLS when nobody is there', async () => {
    await plain.kill();
    for (const address of [`http://${near(plain)}`, `https://${near(plain)}`]) {
      const etcd = await open(address);
      const error = await etcd.get('a', { signal }).catch((thrown: unknown) => thrown);
      expect(error, address).toMatchObject({ code: 'WEFT_REGISTRY_UNAVAILABLE', message: expect.not.stringContaining('TLS?') });
    }
  });

  it('refuses files that are missing or no PEM, naming the option', async () => {
    writeFileSync(join(folder, 'empty.pem'), '');
    const wrong = [{ ca: 'missing.pem' }, { ca: 'empty.pem' }, { cert: 'client.pem', key: 'server.key' }, { cert: 'client.pem' }];
    for (const tls of wrong) {
      const error = await open(near(server), tls).catch((thrown: unknown) => thrown);
      const expected = { code: 'WEFT_CONFIG_INVALID', message: expect.stringContaining('registry.tls') };
      expect(error, JSON.stringify(tls)).toMatchObject(expected);
    }
  });
});
