import { once } from 'node:events';
import { connect } from 'node:net';
import { openOtelMetrics } from '@weft/metrics-otel';
import { Service } from '@weft/service';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Wire } from './wire.js';

const PATHS = 20_000;
const MOST_SERIES = 2_000;

describe('R79 20,000 paths, as many users, and metrics', () => {
  const wire = new Wire();
  let metrics: Awaited<ReturnType<typeof openOtelMetrics>>;
  let service: Service;

  beforeAll(async () => {
    metrics = await openOtelMetrics({ prometheus: { port: 0 }, runtime: false });
    wire.onClose(() => metrics.close());
    service = new Service({ name: 'users', metrics: metrics.metrics });
    service.addHandler('GET /users/:id', ({ params }) => ({ id: params.id }));
    await service.start();
    wire.onClose(() => service.stop({ immediate: true }));
  });
  afterAll(() => wire.close());

  /** What Prometheus fetches: a line per series. */
  async function seriesOf(name: string): Promise<readonly string[]> {
    const text = await (await fetch(metrics.url ?? '')).text();
    return text.split('\n').filter((line) => line.startsWith(`${name}{`));
  }

  /** Sends all requests over one connection, one behind the other. */
  async function ask(count: number, pathOf: (n: number) => string): Promise<void> {
    const socket = connect(service.port ?? 0, '127.0.0.1');
    const pieces: string[] = [];
    socket.setEncoding('latin1').on('data', (text: string) => pieces.push(text));
    const line = (n: number) => `GET ${pathOf(n)} HTTP/1.1\r\nhost: x\r\n`;
    for (let n = 1; n < count; n++) socket.write(`${line(n)}\r\n`);
    socket.write(`${line(0)}connection: close\r\n\r\n`);
    await once(socket, 'close');
    expect(pieces.join('').match(/HTTP\/1\.1 \d{3} /g)).toHaveLength(count);
  }

  it('make one series per route, and one for all that no route answers; never one of a path', async () => {
    await ask(PATHS / 2, (n) => `/users/${n}?page=${n}`);
    await ask(PATHS / 2, (n) => `/nothing/${n}`);
    const requests = await seriesOf('service_requests_total');
    expect(requests).toEqual([
      `service_requests_total{method="GET",path="/users/:id",status="200",status_class="2xx"} ${PATHS / 2}`,
      `service_requests_total{method="GET",path="unmatched",status="404",status_class="4xx"} ${PATHS / 2}`,
    ]);
    expect(await seriesOf('service_response_time_seconds_count')).toHaveLength(2);
  });

  it('make one series per service that is called, whatever the paths are', async () => {
    const client = wire.call([service.port ?? 0], { metrics: metrics.metrics });
    for (let n = 0; n < 500; n++) await client.get(`/users/${n}?user=${n}`);
    expect(await seriesOf('service_calls_total')).toEqual([
      'service_calls_total{method="GET",path="unmatched",success="true",target_service="users"} 500',
    ]);
  });

  it('make at most 2,000 series when a label holds users after all; the others are counted together', async () => {
    for (let n = 0; n < PATHS; n++) metrics.metrics.increment('carts', { user: `user-${n}` });
    const carts = await seriesOf('carts_total');
    expect(carts.length).toBeLessThanOrEqual(MOST_SERIES);
    expect(carts).toContain(`carts_total{user="other"} ${PATHS - carts.length + 1}`);
    const counted = carts.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
    expect(counted).toBe(PATHS);
  });
});
