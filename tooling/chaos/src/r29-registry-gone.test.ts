import { rename, rm, writeFile } from 'node:fs/promises';
import { Client } from '@weft/client';
import { openHttpTransport } from '@weft/transport-http';
import { afterEach, describe, expect, it } from 'vitest';
import { failedOf, Load, told } from './load.js';
import { Providers } from './providers.js';

const rest = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('the registry is gone under load', () => {
  let providers: Providers | undefined;
  afterEach(() => providers?.stop());

  it('R29 the folder is a plain file for 15 s: no call fails, stale is told by 10 s, and it heals by itself', async () => {
    providers = await Providers.start(3);
    const transport = openHttpTransport();
    const client = new Client({ serviceName: 'things', registry: providers.registry, transport });
    const told_: string[] = [];
    let staleAt = 0;
    client.on('discovery.stale', () => {
      staleAt = performance.now();
      told_.push('stale');
    });
    client.on('discovery.recovered', () => told_.push('recovered'));
    const load = new Load(client, 150);
    await rest(500);
    const { folder } = providers;
    await rename(folder, `${folder}-away`);
    await writeFile(folder, 'not a folder');
    const goneAt = performance.now();
    await rest(15_000);
    await rm(folder);
    await rename(`${folder}-away`, folder);
    await rest(4_000);
    await expect.poll(() => told_, { timeout: 20_000 }).toEqual(['stale', 'recovered']);
    const ended = await load.stop();
    expect(failedOf(ended), told(ended)).toEqual([]);
    expect(ended.length).toBeGreaterThan(2_500);
    expect(told_).toEqual(['stale', 'recovered']);
    expect(staleAt - goneAt).toBeGreaterThan(9_000);
    expect(staleAt - goneAt).toBeLessThan(12_000);
    await expect.poll(() => providers?.registry.getServices('things'), { timeout: 20_000 }).toHaveLength(3);
    await client.close();
    await transport.close();
  });
});
