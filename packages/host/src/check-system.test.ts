import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type TemporaryApp, temporaryApp } from '../test/temporary-app.js';
import { checkSystem } from './index.js';

const apps: TemporaryApp[] = [];

afterEach(async () => {
  for (const app of apps.splice(0)) await app.remove();
});

async function appOf(...[files, packages]: Parameters<typeof temporaryApp>): Promise<TemporaryApp> {
  const app = await temporaryApp(files, packages);
  apps.push(app);
  return app;
}

describe('checkSystem', () => {
  it('lists what a host would open, from which file, and opens nothing', async () => {
    const config = 'service: { name: orders }\nregistry: { driver: file, path: ./never-made }\n';
    const app = await appOf({ 'weft.config.yaml': config }, ['@weft/registry-file', '@weft/transport-http']);
    const { file, drivers, absent, problems } = await checkSystem(undefined, { folder: app.folder });
    expect(file).toBe(join(app.folder, 'weft.config.yaml'));
    expect(drivers.map(({ slot, name, path }) => `${path} ${slot}/${name}`)).toEqual([
      'registry registry/file',
      'transport transport/http',
    ]);
    expect(drivers.every((driver) => driver.file.endsWith('.js'))).toBe(true);
    expect(absent).toEqual([{ slot: 'config', message: expect.stringContaining('Run: pnpm add @weft/config-file') }]);
    expect(problems).toEqual([]);
  });

  it('tells all problems at once, what is missing, and still lists what is in order', async () => {
    const config = { registry: { driver: 'consul' }, client: { retrys: 2 }, transport: 'http', cache: {} };
    const app = await appOf({ 'weft.config.json': JSON.stringify(config) }, ['@weft/transport-http']);
    const { drivers, problems, missing } = await checkSystem('weft.config.json', { folder: app.folder });
    expect(problems).toEqual([
      { path: 'client.retrys', message: 'unknown key. Did you mean "retries"?' },
      { path: 'registry.driver', message: expect.stringContaining('is not installed') },
      { path: 'cache', message: expect.stringContaining('needs @weft/cache') },
    ]);
    expect(missing).toEqual(['@weft/registry-consul', '@weft/cache']);
    expect(drivers.map(({ slot, name }) => `${slot}/${name}`)).toEqual(['transport/http']);
  });

  it('tells a file that cannot be read as its ending says by line and column', async () => {
    const app = await appOf({ 'weft.config.json': '{ "service": }' });
    const { problems, drivers } = await checkSystem(undefined, { folder: app.folder });
    expect(problems).toEqual([{ path: '1:14', message: expect.any(String) }]);
    expect(drivers).toEqual([]);
  });

  it('refuses where there is no config', async () => {
    const app = await appOf();
    await expect(checkSystem('nowhere.yaml', { folder: app.folder })).rejects.toMatchObject({ code: 'WEFT_CONFIG_NOT_FOUND' });
  });
});
