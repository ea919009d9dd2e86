import { virtualClock } from '@weft/conformance';
import { memoryMetrics } from '@weft/core';
import { createCircuitBreaker, createLoadBalancer, createService, createTracer } from '@weft/host';
import { describe, expect, it } from 'vitest';
import { REGISTRY } from './backend.js';
import { inSampleFolder } from './sample-folder.js';

inSampleFolder();

describe('the breaker of the public API', () => {
  it('opens after 3 failures and is half-open 10 s later, no call made (S59-S66)', async () => {
    const clock = virtualClock();
    const breaker = createCircuitBreaker({ threshold: 3, timeout: '10s', clock });
    for (let call = 0; call < 3; call++) {
      const failing = breaker.execute(async () => {
        throw new Error('service error');
      });
      await expect(failing).rejects.toThrow('service error');
    }
    expect([breaker.state, breaker.isOpen()]).toEqual(['open', true]);
    await clock.advance(10_000);
    expect([breaker.state, breaker.isHalfOpen()]).toEqual(['half-open', true]);
    breaker.close();
    expect(breaker.isClosed()).toBe(true);
    breaker.open();
    expect(breaker.isOpen()).toBe(true);
  });
});

describe('the balancer of the public API', () => {
  it('selects by weight, also outside of a client (S71)', () => {
    const instances = [{ id: 'instance1' }, { id: 'instance2' }, { id: 'instance3' }];
    const weighted = createLoadBalancer('weighted', { weights: { instance1: 3, instance2: 2, instance3: 1 } });
    const picks = Array.from({ length: 6 }, () => {
      const picked = weighted.select(instances);
      return picked?.id;
    });
    expect(picks.filter((id) => id === 'instance1')).toHaveLength(3);
    expect(picks.filter((id) => id === 'instance2')).toHaveLength(2);
    expect(picks.filter((id) => id === 'instance3')).toHaveLength(1);
  });

  it('lists the known strategies when one is unknown (S75)', () => {
    expect(() => createLoadBalancer('rond_robin')).toThrow(
      'loadBalancer.strategy: unknown strategy "rond_robin". Known: round_robin, random, weighted, least_connections',
    );
    expect(() => createLoadBalancer('rond_robin')).toThrow('Did you mean "round_robin"?');
  });
});

describe('the tracer of the public API', () => {
  it('takes the sampler and the reporter of the snippet (S91, S92, S93)', async () => {
    const reporter = { type: 'jaeger', url: 'http://localhost:14268/api/traces' };
    const tracer = await createTracer({ serviceName: 'user-service', sampler: 0.1, reporter });
    const span = tracer.startSpan('create_user');
    const child = tracer.startSpan('validate_user', span);
    expect(child.context).toMatchObject({ traceId: span.context.traceId, sampled: span.context.sampled });
    await tracer.close();
  });

  it('lists the known reporters when one is unknown', async () => {
    const unknown = createTracer({ serviceName: 'user-service', reporter: { type: 'zipkn' } });
    await expect(unknown).rejects.toThrow(
      'tracing.reporter.type: there is no reporter "zipkn". Known: otlp, jaeger, zipkin, console, memory. Did you mean "zipkin"?',
    );
  });

  it('makes spans, and children of them, with the verbs of the seed (S92-S96)', async () => {
    const tracer = await createTracer({ serviceName: 'user-service' });
    const span = tracer.startSpan('create_user');
    const child = tracer.startSpan('validate_user', span);
    child.setTag('error', true);
    child.logKV('error', 'Validation failed');
    expect(child.context.traceId).toBe(span.context.traceId);
    child.finish();
    span.finish();
    await tracer.close();
  });
});

describe('the monitor of the public API', () => {
  it('takes durations in seconds (S158-S164)', async () => {
    const metrics = memoryMetrics();
    const service = await createService({ name: 'orders', registry: REGISTRY }, { metrics });
    const monitor = service.monitor;
    monitor.recordRequest('GET', '/users/:id', 0.012, 200);
    monitor.recordServiceCall('users', 'GET', '/users/:id', 0.01, true);
    expect(metrics.observations('service.response_time', { method: 'GET', path: '/users/:id' })).toEqual([0.012]);
    expect(metrics.observations('service.call_duration', { target_service: 'users' })).toEqual([0.01]);
    await service.stop();
  });
});
