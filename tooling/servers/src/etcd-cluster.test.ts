import { describe, expect, it } from 'vitest';
import { describeOn } from './describe-on.js';
import { startEtcdCluster } from './etcd-cluster.js';

describeOn('etcd', describe)('three etcd servers', () => {
  it('elect another leader when theirs is killed, and take it in again', async () => {
    const cluster = await startEtcdCluster(3);
    try {
      const first = await cluster.leader();
      await first.run(['put', 'color', 'green']);
      await first.kill();
      const second = await cluster.leader();
      expect(second).not.toBe(first);
      expect((await second.run(['get', '--print-value-only', 'color'])).trim()).toBe('green');
      await first.start();
      await expect
        .poll(async () => (await first.run(['get', '--print-value-only', 'color']).catch(() => '')).trim(), { timeout: 20_000 })
        .toBe('green');
    } finally {
      await cluster.stop();
    }
  });
});
