import { openOtelTracing } from '@weft/tracing-otel';
import { describeOn } from '@weft-tooling/servers';
import { describe, expect, it } from 'vitest';
import { openZipkin } from './open-zipkin.js';
import { traceTree } from './trace-tree.js';

describeOn('zipkin', describe)('openZipkin', () => {
  it('shows what was reported to it', async () => {
    const zipkin = await openZipkin();
    try {
      const resource = { 'service.instance.id': 'orders-1' };
      const { tracer, close } = openOtelTracing({ serviceName: 'orders', reporter: zipkin.reporter, resource });
      const root = tracer.startSpan('GET /orders', undefined, 'server').setTag('http.response.status_code', 200);
      tracer.startSpan('read', root).setTag('error', true).finish();
      root.finish();
      await close();
      const tree = async () => traceTree(await zipkin.spansOf(root.context.traceId));
      await expect.poll(async () => (await tree()).rows.length, { timeout: 10_000 }).toBe(2);
      const { rows, processes, isConnected } = await tree();
      expect([processes, isConnected]).toEqual([['orders-1'], true]);
      expect(rows.map(({ name, status, failed }) => [name, status, failed])).toEqual([
        ['get /orders', '200', false],
        ['read', '', true],
      ]);
      expect(await zipkin.spansOf('0af7651916cd43dd8448eb211c80319c')).toEqual([]);
    } finally {
      await zipkin.close();
    }
  }, 120_000);
});
