import { leastConnections } from '@weft/balancer';
import { CircuitBreaker } from '@weft/breaker';
import { Client } from '@weft/client';
import { ConfigClient } from '@weft/config';
import { openFileConfig } from '@weft/config-file';
import { createLogger } from '@weft/logging';
import { Registry } from '@weft/registry';
import { openFileRegistry } from '@weft/registry-file';
import { Service } from '@weft/service';
import { createTracer } from '@weft/tracing';
import { openHttpTransport } from '@weft/transport-http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { inSampleFolder } from './sample-folder.js';

inSampleFolder();

describe('the classes of the single packages', () => {
  it('take instances, and work together without a host (S57, S196, S200)', async () => {
    const lines: string[] = [];
    const logger = createLogger({ service: 'orders', level: 'info', destination: { write: (line: string) => lines.push(line) } });
    const tracer = createTracer({ serviceName: 'orders' });
    const registry = new Registry(await openFileRegistry({ path: './.weft' }), { ttl: '15s', logger });
    const service = new Service({ name: 'orders', version: '1.0.0', registry, logger, tracer });
    service.addHandler('GET /orders/:id', ({ params, log }) => {
      log.info('asked', { id: params.id });
      return { id: params.id };
    });
    const transport = openHttpTransport();
    const breaker = new CircuitBreaker({ threshold: 5, timeout: '30s' });
    const loadBalancer = leastConnections();
    const options = { serviceName: 'orders', registry, transport, loadBalancer, circuitBreaker: breaker, tracer, logger };
    const client = new Client(options);
    onTestFinished(async () => {
      await client.close();
      await service.stop({ immediate: true });
      await Promise.all([transport.close(), registry.close()]);
    });
    await service.start();
    const reply = await client.call('GET', '/orders/7');
    expect([reply.statusCode, reply.data, reply.instance.version]).toEqual([200, { id: '7' }, '1.0.0']);
    expect([client.getCircuitBreaker(), client.getLoadBalancer()]).toEqual([breaker, loadBalancer]);
    expect(JSON.parse(lines.at(-1) ?? '{}')).toMatchObject({ service: 'orders', msg: 'asked', id: '7' });
  });

  it('share one config center with whoever names the same folder (S84, S85)', async () => {
    const [writer, reader] = [new ConfigClient(openFileConfig()), new ConfigClient(openFileConfig())];
    onTestFinished(async () => void (await Promise.all([writer.close(), reader.close()])));
    await writer.set('database', { host: 'a' });
    expect(await reader.get('database')).toEqual({ host: 'a' });
  });
});
