import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noopLogger } from '@weft/core';
import { afterAll, describe, expect, it } from 'vitest';
import { HttpServer } from './http-server.js';

const folder = mkdtempSync(join(tmpdir(), 'weft-https-'));
const pem = (name: string) => readFileSync(join(folder, name), 'utf8');
const reply = () => ({ status: 204, headers: {} });

function makeCertificate(): boolean {
  const request = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=orders.test'.split(' ');
  try {
    execFileSync('openssl', [...request, '-keyout', 'key.pem', '-out', 'cert.pem'], { cwd: folder, stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const hasOpenssl = makeCertificate();
afterAll(() => rmSync(folder, { recursive: true }));

describe('An https server', () => {
  it('says what it cannot use', async () => {
    const tls = { cert: 'no pem', key: 'no pem' };
    const listening = new HttpServer({ logger: noopLogger }).listen({ host: '127.0.0.1', port: 0, tls }, reply);
    await expect(listening).rejects.toMatchObject({
      code: 'WEFT_CONFIG_INVALID',
      message: expect.stringContaining('service.tls'),
    });
  });

  it.skipIf(!hasOpenssl)('is not held up by a caller that stops in the middle of the handshake', async () => {
    const tls = { cert: pem('cert.pem'), key: pem('key.pem') };
    const listening = await new HttpServer({ logger: noopLogger }).listen({ host: '127.0.0.1', port: 0, tls }, reply);
    const caller = connect(listening.endpoint.port, '127.0.0.1');
    const cut = new Promise((resolve) => caller.on('error', () => {}).on('close', resolve));
    await new Promise((resolve) => caller.write(Buffer.from([0x16, 0x03, 0x01, 0x00, 0xff]), resolve));
    await new Promise((resolve) => setTimeout(resolve, 50));
    await listening.drain(100);
    await cut;
  });
});
