import { describeOn, OtlpReceiver, type RunningServer, startServer } from '@weft-tooling/servers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TelemetryFleet } from './telemetry-fleet.js';
import { fromOtlp, fromZipkin, outlineOf, type ZipkinSpan } from './trace-outline.js';

/** One request through three processes: who calls whom, and which side each span is of. */
const CHECKOUT = [
  'gateway: server get /checkout/:id',
  '  gateway: client get orders',
  '    orders: server get /orders/:id',
  '      orders: client get users',
  '        users: server get /users/:id',
  '      orders: internal load_order',
  '  gateway: client get users',
  '    users: server get /users/:id',
];

describe('a request through three processes, reported over OTLP', () => {
  let collector: OtlpReceiver;
  let fleet: TelemetryFleet;
  beforeAll(async () => {
    collector = await OtlpReceiver.open();
    fleet = await TelemetryFleet.start({ type: 'otlp', url: collector.url });
  });
  afterAll(async () => {
    await fleet?.stop();
    await collector?.close();
  });

  /** Answers of the orders so far, by status. */
  const answered = { 200: 0, 404: 0 };
  async function checkout(id: string): Promise<string> {
    answered[id === '0' ? 404 : 200]++;
    return (await fleet.checkout(id)).traceId;
  }

  it('is one connected trace of eight spans', async () => {
    const traceId = await checkout('1');
    await collector.until(({ spans }) => spans.filter((span) => span.traceId === traceId).length >= CHECKOUT.length);
    const spans = collector.spans.filter((span) => span.traceId === traceId);
    expect(outlineOf(spans.map(fromOtlp))).toEqual(CHECKOUT);
    const isFromElsewhere = spans.filter(({ hasRemoteParent }) => hasRemoteParent).map(({ kind }) => kind);
    expect(isFromElsewhere).toEqual(['server', 'server', 'server']);
  });

  it('tells of each span what was asked and answered, and nothing of the query', async () => {
    const traceId = await checkout('0');
    await collector.until(({ spans }) => spans.filter((span) => span.traceId === traceId).length >= CHECKOUT.length);
    const spans = collector.spans.filter((span) => span.traceId === traceId);
    const orders = spans.find(({ name }) => name === 'GET /orders/:id');
    expect(orders?.attributes).toMatchObject({
      'http.method': 'GET',
      'http.url': '/orders/0',
      'http.request.method': 'GET',
      'http.route': '/orders/:id',
      'url.path': '/orders/0',
      'url.scheme': 'http',
      'http.response.status_code': 404,
    });
    const call = spans.find(({ name }) => name === 'GET orders');
    expect(call?.attributes).toMatchObject({ 'peer.service': 'orders', 'http.response.status_code': 404, 'error.type': '404' });
    for (const { startNanos, endNanos } of spans) expect(endNanos).toBeGreaterThanOrEqual(startNanos);
    expect(
      JSON.stringify(spans.map(({ attributes, events }) => [attributes, events.map((event) => event.attributes)])),
    ).not.toContain('hidden');
  });

  describeOn('prometheus', describe)('and fetched by Prometheus', () => {
    let server: RunningServer;
    beforeAll(async () => {
      for (const id of ['1', '2', '0']) await checkout(id);
      const targets = fleet.metricsUrls.map((url) => new URL(url).host);
      const scrape = { job_name: 'weft', scrape_interval: '200ms', static_configs: [{ targets }] };
      server = await startServer('prometheus', { config: JSON.stringify({ scrape_configs: [scrape] }) });
    });
    afterAll(() => server?.stop());

    /** The series of a query, without what Prometheus puts to each. */
    async function query(text: string) {
      const answer = await fetch(`http://${server.address}/api/v1/query?query=${encodeURIComponent(text)}`);
      const { data } = (await answer.json()) as {
        data: { result: { metric: Record<string, string>; value: [number, string] }[] };
      };
      return data.result.map(({ metric: { instance: _, job: __, __name__: ___, ...labels }, value }) => ({
        ...labels,
        is: value[1],
      }));
    }

    it('has every process up', async () => {
      await expect.poll(() => query('up'), { timeout: 20_000 }).toEqual([{ is: '1' }, { is: '1' }, { is: '1' }]);
    });

    it('has the five metrics of the seed, with exactly its labels and status_class (S158-S163, A27)', async () => {
      const order = { method: 'GET', path: '/orders/:id' };
      const all = `${answered[200] + answered[404]}`;
      await expect.poll(() => query('service_requests_total{path="/orders/:id"}'), { timeout: 20_000 }).toHaveLength(2);
      const requests = await query('sort(service_requests_total{path="/orders/:id"})');
      expect(requests).toEqual([
        { ...order, status: '404', status_class: '4xx', is: `${answered[404]}` },
        { ...order, status: '200', status_class: '2xx', is: `${answered[200]}` },
      ]);
      expect(await query('service_errors_total{path="/orders/:id"}')).toEqual([{ ...order, is: `${answered[404]}` }]);
      expect(await query('service_response_time_seconds_count{path="/orders/:id"}')).toEqual([{ ...order, is: all }]);
      expect(await query('service_response_time_seconds_bucket{path="/orders/:id",le="+Inf"}')).toEqual([
        { ...order, le: '+Inf', is: all },
      ]);
      expect(await query('service_calls_total{target_service="orders"}')).toEqual([
        { target_service: 'orders', ...order, success: 'true', is: all },
      ]);
      expect(await query('sum by (path) (service_calls_total{target_service="users"})')).toEqual([
        { path: 'unmatched', is: `${2 * Number(all)}` },
      ]);
      expect(await query('service_call_duration_seconds_count{target_service="orders"}')).toEqual([
        { target_service: 'orders', is: all },
      ]);
    });

    it('finds nothing to complain about in what is fetched (promtool check metrics)', async () => {
      for (const url of fleet.metricsUrls) {
        const input = await (await fetch(url)).text();
        expect(await server.run(['check', 'metrics'], { input })).toBe('');
      }
    });
  });
});

describeOn('zipkin', describe)('a request through three processes, reported to Zipkin', () => {
  let server: RunningServer;
  let fleet: TelemetryFleet;
  beforeAll(async () => {
    server = await startServer('zipkin');
    fleet = await TelemetryFleet.start({ type: 'zipkin', url: `http://${server.address}` });
  }, 120_000);
  afterAll(async () => {
    await fleet?.stop();
    await server?.stop();
  });

  it("is one connected trace of eight spans in Zipkin's API, and one way from service to service", async () => {
    const { traceId } = await fleet.checkout('1');
    const spansOf = async () => {
      const answer = await fetch(`http://${server.address}/api/v2/trace/${traceId}`);
      return answer.ok ? ((await answer.json()) as ZipkinSpan[]) : [];
    };
    await expect.poll(async () => outlineOf((await spansOf()).map(fromZipkin)), { timeout: 20_000 }).toEqual(CHECKOUT);
    const tags = (await spansOf()).find(({ name }) => name === 'get /orders/:id')?.tags;
    expect(tags).toMatchObject({ 'http.route': '/orders/:id', 'http.response.status_code': '200' });
    const links = await fetch(`http://${server.address}/api/v2/dependencies?endTs=${Date.now()}`);
    expect(await links.json()).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ parent: 'gateway', child: 'orders', callCount: 1 }),
        expect.objectContaining({ parent: 'gateway', child: 'users', callCount: 1 }),
        expect.objectContaining({ parent: 'orders', child: 'users', callCount: 1 }),
      ]),
    );
  });
});
