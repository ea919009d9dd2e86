import { execFileSync } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TlsFiles } from '@weft/core';
import { describeOn, type RunningServer, startServer } from '@weft-tooling/servers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openRedis, type RedisBackend } from './index.js';

const { signal } = new AbortController();
const opened: RedisBackend[] = [];
let folder = '';

function openssl(...args: string[]): void {
  execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
}

/** An authority of its own, and certificates that it has signed. */
function makeAuthority(name: string): void {
  const subject = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', `/CN=${name}`];
  openssl('req', ...subject, '-keyout', `${name}.key`, '-out', `${name}.pem`);
}

function makeCertificate(authority: string, name: string): void {
  openssl('req', '-newkey', 'rsa:2048', '-nodes', '-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.csr`);
  writeFileSync(join(folder, 'names.txt'), 'subjectAltName=DNS:localhost,DNS:redis.example,IP:127.0.0.1\n');
  const signed = ['-CA', `${authority}.pem`, '-CAkey', `${authority}.key`, '-CAcreateserial', '-extfile', 'names.txt'];
  openssl('x509', '-req', '-days', '1', '-in', `${name}.csr`, '-out', `${name}.pem`, ...signed);
}

const open = async (address: string, tls?: TlsFiles | boolean) => {
  const redis = await openRedis({ address, tls, timeout: '3s' }, { folder, path: 'registry' });
  opened.push(redis);
  return redis;
};
const ping = (redis: RedisBackend) => redis.run('asking', (commands) => commands.ping(), { signal, isPatient: true });
const refusal = (address: string, tls?: TlsFiles | boolean) => open(address, tls).catch((thrown: unknown) => thrown);

describeOn('redis', describe)('redis over TLS', () => {
  let server: RunningServer;
  let strict: RunningServer;
  let plain: RunningServer;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'weft-redis-tls-'));
    for (const name of ['ca', 'stranger']) makeAuthority(name);
    for (const name of ['server', 'client']) makeCertificate('ca', name);
    makeCertificate('stranger', 'intruder');
    const [certFile, keyFile, caFile] = ['server.pem', 'server.key', 'ca.pem'].map((file) => join(folder, file));
    const tls = { certFile: `${certFile}`, keyFile: `${keyFile}`, caFile: `${caFile}` };
    [server, strict, plain] = await Promise.all([
      startServer('redis', { tls }),
      startServer('redis', { tls: { ...tls, clientCertificates: true } }),
      startServer('redis'),
    ]);
  });
  afterEach(() => Promise.all(opened.splice(0).map((redis) => redis.close())));
  afterAll(async () => {
    await Promise.all([server.stop(), strict.stop(), plain.stop()]);
    rmSync(folder, { recursive: true, force: true });
  });

  it('trusts the authority of a file, relative to the folder of the config, and checks the name it is told', async () => {
    expect(await ping(await open(server.address, { ca: 'ca.pem' }))).toBe('PONG');
    expect(await ping(await open(`rediss://${server.address}`, { ca: 'ca.pem', serverName: 'redis.example' }))).toBe('PONG');
    expect(await refusal(server.address, { ca: 'ca.pem', serverName: 'other.example' })).toMatchObject({
      code: 'WEFT_UNAUTHENTICATED',
      message: expect.stringContaining('other.example'),
    });
  });

  it('shows a certificate to a server that demands one', async () => {
    expect(await ping(await open(strict.address, { ca: 'ca.pem', cert: 'client.pem', key: 'client.key' }))).toBe('PONG');
  });

  it('does not open when a certificate is refused, on either side, and says why', async () => {
    const refusals: readonly (readonly [RunningServer, TlsFiles | true])[] = [
      [server, { ca: 'stranger.pem' }],
      [server, true],
      [strict, { ca: 'ca.pem' }],
      [strict, { ca: 'ca.pem', cert: 'intruder.pem', key: 'intruder.key' }],
    ];
    for (const [at, tls] of refusals) {
      const expected = { code: 'WEFT_UNAUTHENTICATED', message: expect.stringMatching(/certificate|alert unknown ca/) };
      expect(await refusal(at.address, tls), JSON.stringify(tls)).toMatchObject(expected);
    }
  });

  it('says so when only one side speaks TLS', async () => {
    const talking = await open(plain.address, { ca: 'ca.pem' });
    const asked = talking.run('asking', (commands) => commands.ping(), { signal });
    await expect(asked).rejects.toMatchObject({ message: expect.stringContaining('does the server speak TLS?') });
    const redis = await open(server.address);
    await expect(ping(redis)).rejects.toMatchObject({
      code: 'WEFT_REGISTRY_UNAVAILABLE',
      message: expect.stringContaining('does the server want TLS?'),
    });
  });

  it('refuses files that are missing, no PEM, or not of one pair, naming the option', async () => {
    writeFileSync(join(folder, 'empty.pem'), '');
    writeFileSync(join(folder, 'broken.pem'), '-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n');
    const pair = { ca: 'ca.pem', cert: 'client.pem', key: 'server.key' };
    for (const tls of [{ ca: 'none.pem' }, { ca: 'empty.pem' }, { cert: 'broken.pem', key: 'client.key' }, pair]) {
      const expected = { code: 'WEFT_CONFIG_INVALID', message: expect.stringContaining('registry.tls') };
      expect(await refusal(server.address, tls), JSON.stringify(tls)).toMatchObject(expected);
    }
  });

  it('reads the files anew for each connection', async () => {
    const redis = await open(strict.address, { ca: 'ca.pem', cert: 'client.pem', key: 'client.key' });
    for (const end of ['pem', 'key']) {
      renameSync(join(folder, `client.${end}`), join(folder, `old.${end}`));
      writeFileSync(join(folder, `client.${end}`), '');
    }
    await strict.restart();
    const error = () => ping(redis).catch((thrown: unknown) => thrown);
    await expect.poll(error, { timeout: 15_000 }).toMatchObject({ code: 'WEFT_CONFIG_INVALID' });
    for (const end of ['pem', 'key']) renameSync(join(folder, `old.${end}`), join(folder, `client.${end}`));
    await expect.poll(error, { timeout: 15_000 }).toBe('PONG');
  });
});
