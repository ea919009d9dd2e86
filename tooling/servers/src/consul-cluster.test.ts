import { describe, expect, it } from 'vitest';
import { startConsulCluster } from './consul-cluster.js';
import { describeOn } from './describe-on.js';

describeOn('consul', describe)('three Consul servers', () => {
  it('elect another leader when theirs is killed, and take it in again', async () => {
    const cluster = await startConsulCluster(3);
    try {
      const first = await cluster.leader();
      await first.run(['kv', 'put', 'color', 'green']);
      await first.kill();
      const second = await cluster.leader();
      expect(second).not.toBe(first);
      expect((await second.run(['kv', 'get', 'color'])).trim()).toBe('green');
      await first.start();
      await expect
        .poll(async () => (await first.run(['kv', 'get', 'color']).catch(() => '')).trim(), { timeout: 20_000 })
        .toBe('green');
    } finally {
      await cluster.stop();
    }
  });
});
