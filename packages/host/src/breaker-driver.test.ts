import { afterEach, describe, expect, it } from 'vitest';
import { type TemporaryApp, temporaryApp } from '../test/temporary-app.js';
import { createHost } from './create-host.js';
import type { Host } from './host.js';

let app: TemporaryApp | undefined;
let host: Host | undefined;
afterEach(async () => {
  await host?.stop();
  await app?.remove();
});

describe('circuitBreaker.driver', () => {
  it('opossum guards real calls, and its changes are told by the client', async () => {
    app = await temporaryApp(
      {
        'weft.config.json': JSON.stringify({
          service: { name: 'users' },
          registry: { driver: 'file', path: './registry-folder' },
          client: { retries: 0, outlier: false },
          circuitBreaker: { driver: 'opossum', threshold: 3, timeout: '30s' },
          logging: { level: 'error' },
        }),
      },
      ['@weft/breaker-opossum', '@weft/registry-file', '@weft/transport-http', '@weft/config-file'],
    );
    host = await createHost('weft.config.json', { folder: app.folder, signals: false });
    host.service?.addHandler('GET /broken', (_) => {
      throw new Error('broken');
    });
    await host.start();
    const users = host.client('users');
    for (let n = 0; n < 3; n++) expect((await users.get('/broken')).statusCode).toBe(500);
    await expect(users.get('/broken')).rejects.toMatchObject({ code: 'WEFT_BREAKER_OPEN' });
    expect(host.describe().drivers.map(({ slot, name }) => `${slot} ${name}`)).toContain('breaker opossum');
    expect(await import('node:fs/promises').then(({ readdir }) => readdir(`${app?.folder}/registry-folder`))).toEqual([
      'registry',
    ]);
  });
});
