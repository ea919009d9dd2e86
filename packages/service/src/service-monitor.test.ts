import { memoryMetrics } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { ServiceMonitor } from './service-monitor.js';

describe('ServiceMonitor', () => {
  it('counts requests by route, and from status 400 on as errors', () => {
    const metrics = memoryMetrics();
    const monitor = new ServiceMonitor(metrics);
    monitor.recordRequest('GET', '/users/:id', 0.012, 200);
    monitor.recordRequest('GET', '/users/:id', 0.02, 404);
    const route = { method: 'GET', path: '/users/:id' };
    expect(metrics.read('service.requests', { ...route, status: '200', status_class: '2xx' })).toBe(1);
    expect(metrics.observations('service.response_time', route)).toEqual([0.012, 0.02]);
    expect(metrics.read('service.errors', route)).toBe(1);
  });

  it('counts calls to other services', () => {
    const metrics = memoryMetrics();
    new ServiceMonitor(metrics).recordServiceCall('users', 'GET', '/users/:id', 0.01, true);
    const call = { target_service: 'users', method: 'GET', path: '/users/:id', success: 'true' };
    expect(metrics.read('service.calls', call)).toBe(1);
    expect(metrics.observations('service.call_duration', { target_service: 'users' })).toEqual([0.01]);
  });
});
