import { memoryMetrics } from '@weft/core';
import { createClient } from '@weft/host';
import { describe, expect, it, onTestFinished } from 'vitest';
import { REGISTRY } from './backend.js';
import { RecordingTracer } from './recording-tracer.js';
import { inSampleFolder } from './sample-folder.js';
import { createMonitoredService } from './seed-19-service-monitor.js';
import { getTracedUser } from './seed-20-tracing-monitor.js';
import { startedService } from './started-service.js';

inSampleFolder();

describe('seed 19: the monitor of a service', () => {
  async function monitored() {
    const metrics = memoryMetrics();
    const service = await createMonitoredService(metrics);
    onTestFinished(() => service.stop({ immediate: true }));
    await service.start();
    return { metrics, service };
  }
  const users = { method: 'GET', path: '/users/:id' };

  it('counts requests with method, route and status, and errors from 400 on (S158, S159, S160, S161, S164)', async () => {
    const { metrics, service } = await monitored();
    service.monitor.recordRequest('GET', '/users/:id', 0.012, 200);
    service.monitor.recordRequest('GET', '/users/:id', 0.03, 404);
    expect(metrics.read('service.requests', { ...users, status: '200', status_class: '2xx' })).toBe(1);
    expect(metrics.read('service.requests', { ...users, status: '404', status_class: '4xx' })).toBe(1);
    expect(metrics.observations('service.response_time', users)).toEqual([0.012, 0.03]);
    expect(metrics.read('service.errors', users)).toBe(1);
  });

  it('counts by itself what the service answers, and what a handler says it has called (S158, S159, S162, S163)', async () => {
    const { metrics } = await monitored();
    const client = await createClient({ serviceName: 'user-service', registry: REGISTRY });
    onTestFinished(() => client.close());
    await client.get('/users/7');
    await client.get('/users/8');
    const labels = { target_service: 'order-service', method: 'GET', path: '/orders/:id', success: 'true' };
    expect(metrics.read('service.calls', labels)).toBe(2);
    expect(metrics.observations('service.call_duration', { target_service: 'order-service' })).toEqual([0.02, 0.02]);
    expect(metrics.read('service.requests', { ...users, status: '200', status_class: '2xx' })).toBe(2);
    expect(metrics.observations('service.response_time', users)).toHaveLength(2);
    expect(metrics.read('service.errors', users)).toBe(0);
  });
});

describe('seed 20: the monitor of traces', () => {
  it('writes down what is called, what came back, and that it is over (S165, S166, S167)', async () => {
    await startedService({ name: 'user-service' }, { 'GET /users/:id': ({ params }) => ({ id: params.id }) });
    const client = await createClient({ serviceName: 'user-service', registry: REGISTRY });
    onTestFinished(() => client.close());
    const tracer = new RecordingTracer();
    expect((await getTracedUser(tracer, client, '7')).data).toEqual({ id: '7' });
    const span = tracer.find('get_user');
    expect(span.isFinished).toBe(true);
    expect(span.tags).toEqual({
      'service.call.target': 'user-service',
      'service.call.method': 'GET',
      'service.call.path': '/users/7',
      'response.status': 200,
    });
    expect(span.logs).toEqual([
      ['event', 'service_call_start'],
      ['response.size', '{"id":"7"}'.length],
      ['event', 'service_call_end'],
    ]);
  });

  it('writes down the error when there is no answer (S166, S167)', async () => {
    const tracer = new RecordingTracer();
    const users = { get: () => Promise.reject(new Error('no instance')) };
    await expect(getTracedUser(tracer, users, '7')).rejects.toThrow('no instance');
    const span = tracer.find('get_user');
    expect(span.isFinished).toBe(true);
    expect(span.tags).toMatchObject({ 'service.call.target': 'user-service', error: true });
    expect(span.logs).toEqual([
      ['event', 'service_call_start'],
      ['error', 'no instance'],
      ['event', 'service_call_end'],
    ]);
  });
});
