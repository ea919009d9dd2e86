import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describeOn } from '@weft-tooling/servers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Fleet } from './fleet.js';
import { openPrometheus } from './open-prometheus.js';

const POLL = { timeout: 20_000, interval: 200 };

describeOn('prometheus', describe)('openPrometheus', () => {
  const target = createServer((_, response) => response.end('service_requests_total{path="/"} 7\n'));
  beforeAll(() => new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve)));
  afterAll(() => target.close());

  it('fetches the metrics of the processes that run, wherever they say that theirs are', async () => {
    const url = `http://127.0.0.1:${(target.address() as AddressInfo).port}/metrics`;
    const lines = ['started', JSON.stringify({ msg: 'metrics can be fetched', url })];
    const running = [{ id: 'users-1', service: 'users', lines }] as unknown as Fleet['running'];
    const prometheus = await openPrometheus();
    try {
      prometheus.follow?.({ running });
      const [base] = /http:\/\/[^/]+/.exec(prometheus.told.join()) ?? [];
      const ask = async () => {
        const response = await fetch(`${base}/api/v1/query?query=service_requests_total`);
        return ((await response.json()) as { data: { result: { metric: object; value: [number, string] }[] } }).data.result;
      };
      await expect.poll(async () => (await ask()).length, POLL).toBe(1);
      const [{ metric, value } = { metric: {}, value: [] }] = await ask();
      expect([metric, value[1]]).toMatchObject([{ service: 'users', instance: 'users-1', path: '/' }, '7']);
    } finally {
      await prometheus.close();
    }
  });
});
