import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeOn } from './describe-on.js';
import { startServer } from './start-server.js';

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'weft-tls-'));
  writeFileSync(
    join(folder, 'extensions'),
    'subjectAltName = IP:127.0.0.1, DNS:localhost\nextendedKeyUsage = serverAuth, clientAuth\n',
  );
  openssl(
    'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=authority -keyout ca.key -out ca.pem',
  );
  openssl(
    'req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=localhost -keyout server.key -out server.csr',
  );
  openssl('x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile extensions -out server.pem');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

for (const name of ['redis', 'etcd', 'etcd35', 'consul'] as const) {
  describeOn(name, describe)(`${name} with certificates`, () => {
    it.each([false, true])(
      'serves with TLS, to its own tool as well (clients need a certificate: %s)',
      async (clientCertificates) => {
        const [certFile, keyFile, caFile] = ['server.pem', 'server.key', 'ca.pem'].map((file) => join(folder, file)) as [
          string,
          string,
          string,
        ];
        const server = await startServer(name, { tls: { certFile, keyFile, caFile, clientCertificates } });
        try {
          const args = { redis: ['ping'], etcd: ['get', 'a'], etcd35: ['get', 'a'], consul: ['kv', 'put', 'a', 'b'] }[name];
          await server.run(args);
          expect(await subjectOf(server.port, caFile)).toBe('localhost');
        } finally {
          await server.stop();
        }
      },
    );
  });
}

/** Whom a client sees that trusts nobody but the authority. */
function subjectOf(port: number, caFile: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, ca: readFileSync(caFile) }, () => {
      resolve(socket.getPeerCertificate().subject.CN);
      socket.destroy();
    });
    socket.once('error', reject);
  });
}

function openssl(args: string): void {
  execFileSync('openssl', args.split(' '), { cwd: folder, stdio: 'ignore' });
}
