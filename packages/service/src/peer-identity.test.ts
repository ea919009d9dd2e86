import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer, connect as tlsConnect } from 'node:tls';
import { afterAll, describe, expect, it } from 'vitest';
import { peerIdentity } from './peer-identity.js';

const folder = mkdtempSync(join(tmpdir(), 'weft-peer-'));
const pem = (name: string) => readFileSync(join(folder, name), 'utf8');
afterAll(() => rmSync(folder, { recursive: true }));

/** @param alternatives lines such as `DNS.1 = orders.test`: in a section, where a comma does not end a name */
function makeCertificate(name: string, commonName: string, ...alternatives: string[]): boolean {
  const request = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1'.split(' ');
  const sections = [
    '[req]',
    'distinguished_name = dn',
    'x509_extensions = ext',
    '[dn]',
    '[ext]',
    'subjectAltName = @names',
    '[names]',
  ];
  writeFileSync(join(folder, `${name}.cnf`), [...sections, ...alternatives].join('\n'));
  const given = ['-subj', `/CN=${commonName}`, '-config', `${name}.cnf`, '-keyout', `${name}.key`, '-out', `${name}.pem`];
  try {
    execFileSync('openssl', [...request, ...given], { cwd: folder, stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const hasOpenssl =
  makeCertificate('server', 'server.test', 'DNS.1 = server.test') &&
  makeCertificate('client', 'gateway', 'DNS.1 = gateway.test', 'URI.1 = spiffe://mesh/gateway', 'IP.1 = 127.0.0.1') &&
  makeCertificate('sly', 'sly', 'DNS.1 = sly.test, DNS:gateway.test', 'DNS.2 = other.test');

/** What the server sees of a caller that shows this certificate. */
async function seen(name: string | undefined, ca = 'client'): Promise<ReturnType<typeof peerIdentity>> {
  const tls = {
    key: pem('server.key'),
    cert: pem('server.pem'),
    ca: pem(`${ca}.pem`),
    requestCert: true,
    rejectUnauthorized: false,
  };
  let tell: (identity: ReturnType<typeof peerIdentity>) => void = () => {};
  const told = new Promise<ReturnType<typeof peerIdentity>>((resolve) => (tell = resolve));
  const server = createTlsServer(tls, (socket) => tell(peerIdentity(socket.on('error', () => {}))));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const own = name === undefined ? {} : { key: pem(`${name}.key`), cert: pem(`${name}.pem`) };
  const caller = tlsConnect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...own }).on('error', () => {});
  try {
    return await told;
  } finally {
    caller.destroy();
    server.close();
  }
}

describe.skipIf(!hasOpenssl)('peerIdentity', () => {
  it('tells the names of a certificate that the server trusts', async () => {
    expect(await seen('client')).toEqual({
      commonName: 'gateway',
      dnsNames: ['gateway.test'],
      uris: ['spiffe://mesh/gateway'],
      fingerprint256: expect.stringMatching(/^(?:[0-9A-F]{2}:){31}[0-9A-F]{2}$/),
    });
  });

  it('tells nothing of one that it does not trust, and of none', async () => {
    expect(await seen('sly')).toBeUndefined();
    expect(await seen(undefined)).toBeUndefined();
  });

  it('does not take a comma in a name for the end of it', async () => {
    expect((await seen('sly', 'sly'))?.dnsNames).toEqual(['sly.test, DNS:gateway.test', 'other.test']);
  });

  it('tells nothing without TLS', async () => {
    const server = createServer();
    const told = new Promise<Socket>((resolve) => server.on('connection', resolve));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const caller = connect(typeof address === 'object' && address ? address.port : 0, '127.0.0.1');
    expect(peerIdentity(await told)).toBeUndefined();
    caller.destroy();
    server.close();
  });
});
