import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type TemporaryApp, temporaryApp } from '../test/temporary-app.js';
import { loadConfig } from './load-config.js';

let app: TemporaryApp;
afterEach(() => app.remove());

const service = { name: 'users', port: 0 };

describe('loadConfig', () => {
  it.each([
    [
      'weft.config.ts',
      `interface Own { name: string }\nconst service: Own & { port: number } = { name: 'users', port: 0 };\nexport default { service };`,
    ],
    ['weft.config.mts', `export default { service: { name: 'users' as string, port: 0 } };`],
    ['weft.config.js', `export default { service: { name: 'users', port: 0 } };`],
    ['weft.config.mjs', `export default { service: { name: 'users', port: 0 } };`],
    ['weft.config.json', `{ "service": { "name": "users", "port": 0 } }`],
    ['weft.config.yaml', `service:\n  name: users\n  port: 0\n`],
    ['weft.config.yml', `service: { name: users, port: 0 }`],
  ])('reads %s', async (name, text) => {
    app = await temporaryApp({ [name]: text });
    const loaded = await loadConfig(undefined, { folder: app.folder });
    expect(loaded).toEqual({ config: { service }, file: join(app.folder, name), folder: app.folder });
  });

  it.each([
    ['a promise', `export default Promise.resolve({ service: { name: 'users', port: 0 } });`],
    ['a function', `export default () => ({ service: { name: 'users', port: 0 } });`],
    ['a function that gives a promise', `export default async () => ({ service: { name: 'users', port: 0 } });`],
  ])('takes %s as the default export', async (_, text) => {
    app = await temporaryApp({ 'weft.config.js': text });
    expect((await loadConfig('weft.config.js', { folder: app.folder })).config).toEqual({ service });
  });

  it('looks upwards from the folder it starts in, for the nearest', async () => {
    app = await temporaryApp({
      'weft.config.json': '{ "service": { "name": "outer" } }',
      'inner/weft.config.yaml': 'service: { name: inner }',
    });
    await mkdir(join(app.folder, 'inner/a/b'), { recursive: true });
    expect((await loadConfig(undefined, { folder: join(app.folder, 'inner/a/b') })).config.service?.name).toBe('inner');
    expect((await loadConfig(undefined, { folder: app.folder })).config.service?.name).toBe('outer');
  });

  it('says where it looked when there is none', async () => {
    app = await temporaryApp();
    const options = { folder: app.folder };
    await expect(loadConfig('other.json', options)).rejects.toMatchObject({ code: 'WEFT_CONFIG_NOT_FOUND' });
    await expect(loadConfig(undefined, options)).rejects.toThrow(`no weft.config.(ts|mts|js|mjs|json|yaml|yml) in ${app.folder}`);
  });

  it('fills placeholders and their defaults in the texts of JSON and YAML, typed as the schema wants it', async () => {
    app = await temporaryApp({
      'weft.config.yaml': [
        'service:',
        `  name: \${NAME}-service`,
        `  port: \${PORT}`,
        `  version: \${VERSION:-1.2.3}`,
        `  requireRegistration: \${REQUIRED:-true}`,
        `  metadata: { build: "\${BUILD}", empty: "\${EMPTY:-none}" }`,
        `client: { timeout: "\${TIMEOUT:-5000}", retries: "\${RETRIES:-2}" }`,
      ].join('\n'),
    });
    const env = { NAME: 'users', PORT: '8080', BUILD: '42', EMPTY: '' };
    expect((await loadConfig(undefined, { folder: app.folder, env })).config).toEqual({
      service: {
        name: 'users-service',
        port: 8080,
        version: '1.2.3',
        requireRegistration: true,
        metadata: { build: '42', empty: 'none' },
      },
      client: { timeout: 5_000, retries: 2 },
    });
  });

  it('does not fill what was filled in, nor what a module says', async () => {
    app = await temporaryApp({
      'weft.config.json': `{ "service": { "name": "\${NAME}" } }`,
      'other.config.js': `export default { service: { name: '\${NAME}' } };`,
    });
    const options = { folder: app.folder, env: { NAME: `\${OTHER}` } };
    expect((await loadConfig(undefined, options)).config.service?.name).toBe(`\${OTHER}`);
    expect((await loadConfig('other.config.js', options)).config.service?.name).toBe(`\${NAME}`);
  });
});
