import { createRegistry } from '@weft/host';
import type { Registry } from '@weft/registry';
import { describeOn, findServer, type RunningServer, startServer } from '@weft-tooling/servers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FLEET, Fleet } from './fleet.js';

/** Needs both; what is missing is what the summary names. */
const onBoth = describeOn('missing' in findServer('consul') ? 'consul' : 'prometheus', describe);
const POLL = { timeout: 20_000, interval: 200 };
const IDS = Object.values(FLEET).flat();

/** Nothing in it is Weft's: it is how anybody's services on Consul are found, those that pass their check. */
const configOn = (consul: string) => `
global: { scrape_interval: 1s }
scrape_configs:
  - job_name: shop
    metrics_path: /health
    consul_sd_configs: [{ server: '${consul}', refresh_interval: 1s }]
    relabel_configs:
      - { source_labels: [__meta_consul_service], regex: consul, action: drop }
      - { source_labels: [__meta_consul_health], regex: passing, action: keep }
      - { source_labels: [__meta_consul_service], target_label: service }
      - { source_labels: [__meta_consul_service_id], target_label: instance }
`;

interface Target {
  readonly labels: Readonly<Record<string, string>>;
  readonly scrapeUrl: string;
}

onBoth('Prometheus with consul_sd_configs', () => {
  let consul: RunningServer;
  let prometheus: RunningServer;
  let registry: Registry;
  let fleet: Fleet;
  let unfit: string | undefined;

  beforeAll(async () => {
    consul = await startServer('consul');
    const config = configOn(consul.address);
    const started = await startServer('prometheus', { config }).catch((error: Error) => error);
    if (started instanceof Error) {
      if (!started.message.includes('consul_sd_configs not found')) throw started;
      unfit = 'no prometheus here: the one found was built without consul_sd_configs';
      return;
    }
    prometheus = started;
    registry = await createRegistry({ driver: 'consul', address: consul.address }, { from: import.meta.url });
    fleet = new Fleet(registry, { driver: 'consul', address: consul.address, close: () => consul.stop() });
    await fleet.startAll();
  });

  beforeEach(({ skip }) => {
    if (unfit) skip(unfit);
  });

  afterAll(async () => {
    await fleet?.stopAll();
    await registry?.close();
    await Promise.all([prometheus?.stop(), consul?.stop()]);
  });

  async function targets(): Promise<Readonly<Record<string, string>>> {
    const response = await fetch(`http://${prometheus.address}/api/v1/targets?state=active`);
    const { data } = (await response.json()) as { data: { activeTargets: readonly Target[] } };
    return Object.fromEntries(data.activeTargets.map(({ labels, scrapeUrl }) => [labels.instance, scrapeUrl]));
  }

  it('lists every instance of the shop as a target, at its address', async () => {
    await expect.poll(async () => Object.keys(await targets()).sort(), POLL).toEqual([...IDS].sort());
    const listed = await registry.listServices();
    const urls = listed.map(({ id, address, port }) => [id, `http://${address}:${port}/health`]);
    expect(await targets()).toEqual(Object.fromEntries(urls));
  });

  it('lists no instance that has left, nor one that was killed', async () => {
    await fleet.stop('users-1');
    await expect.poll(async () => Object.keys(await targets()), POLL).not.toContain('users-1');
    await fleet.kill('users-2');
    await expect.poll(async () => Object.keys(await targets()), POLL).not.toContain('users-2');
    expect(Object.keys(await targets()).sort()).toEqual(IDS.filter((id) => !['users-1', 'users-2'].includes(id)).sort());
  });
});
