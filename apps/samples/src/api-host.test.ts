import { writeFile } from 'node:fs/promises';
import { createHost, defineConfig, type Host } from '@weft/host';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { inSampleFolder } from './sample-folder.js';

inSampleFolder();

let host: Host;
afterEach(() => host.stop());

/** Ends a test's service without going through the drain of a deploy. */
const QUICK = { propagation: 0, grace: '1s' };

async function pinged(): Promise<unknown> {
  host.service?.addHandler('GET /ping', async () => ({ ok: true }));
  await host.start();
  return (await host.client('user-service').call('GET', '/ping')).data;
}

describe('the host of the public API', () => {
  beforeAll(async () => {
    const yaml = ['service:', '  name: user-service', 'registry: { driver: file, ttl: 15s }', 'logging: { level: silent }'];
    await writeFile('weft.config.yaml', `${yaml.join('\n')}\n`);
  });

  it('finds its config from the working directory upwards (S197, S198)', async () => {
    host = await createHost(undefined, { signals: false });
    expect(await pinged()).toEqual({ ok: true });
    expect(host.describe().source).toMatch(/weft\.config\.yaml$/);
  });

  it('takes the path of a config (S198)', async () => {
    host = await createHost('weft.config.yaml', { signals: false });
    expect(await pinged()).toEqual({ ok: true });
  });

  it('takes a config as it is, and hands out what it is made of (S134, S197)', async () => {
    const service = { name: 'user-service', drain: QUICK };
    const config = defineConfig({ service, registry: 'file', config: { driver: 'file' }, logging: { level: 'silent' } });
    host = await createHost(config, { signals: false });
    expect(await pinged()).toEqual({ ok: true });
    expect((await host.registry.getService('user-service')).id).toBe(host.service?.id);
    await host.config.set('database', { host: 'a' });
    expect(await host.config.get('database')).toEqual({ host: 'a' });
    host.metrics.increment('orders');
    host.logger.info('nobody hears it');
    host.tracer.startSpan('work').finish();
    expect(host.describe().drivers.map(({ slot, name }) => `${slot} ${name}`)).toContain('registry file');
    await host.stop();
    expect(host.service?.isRunning()).toBe(false);
  });
});
