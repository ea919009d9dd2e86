import { type Labels, type Metrics, memoryMetrics } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { ServiceMonitor } from './service-monitor.js';

type Told = [kind: string, name: string, labels: Labels | undefined, value: number | undefined];

function open() {
  const told: Told[] = [];
  const metrics: Metrics = {
    increment: (name, labels, by) => void told.push(['counter', name, labels, by]),
    histogram: (name, value, labels) => void told.push(['histogram', name, labels, value]),
    gauge: (name, value, labels) => void told.push(['gauge', name, labels, value]),
  };
  return { told, monitor: new ServiceMonitor(metrics) };
}

const route = { method: 'GET', path: '/users/:id' };

describe('ServiceMonitor', () => {
  it('tells a request as a counter by status and a histogram in seconds (S159, S160, S164)', () => {
    const { told, monitor } = open();
    monitor.recordRequest('GET', '/users/:id', 0.012, 200);
    expect(told).toEqual([
      ['counter', 'service.requests', { ...route, status: '200', status_class: '2xx' }, undefined],
      ['histogram', 'service.response_time', route, 0.012],
    ]);
  });

  it('tells an error from status 400 on, by route (S161)', () => {
    for (const [status, errors] of [
      [399, 0],
      [400, 1],
      [404, 1],
      [500, 1],
    ] as const) {
      const { told, monitor } = open();
      monitor.recordRequest('GET', '/users/:id', 0.02, status);
      const counted = told.filter(([, name]) => name === 'service.errors');
      expect(counted, String(status)).toEqual(errors === 0 ? [] : [['counter', 'service.errors', route, undefined]]);
    }
  });

  it('tells a call to another service as a counter by success and a histogram by target alone (S162, S163)', () => {
    const { told, monitor } = open();
    monitor.recordServiceCall('users', 'GET', '/users/:id', 0.01, true);
    monitor.recordServiceCall('users', 'GET', '/users/:id', 3, false);
    const target = { target_service: 'users' };
    expect(told).toEqual([
      ['counter', 'service.calls', { ...target, ...route, success: 'true' }, undefined],
      ['histogram', 'service.call_duration', target, 0.01],
      ['counter', 'service.calls', { ...target, ...route, success: 'false' }, undefined],
      ['histogram', 'service.call_duration', target, 3],
    ]);
  });

  it('tells what was refused, and how late the event loop was', () => {
    const metrics = memoryMetrics();
    const monitor = new ServiceMonitor(metrics);
    monitor.recordRefusal('rate');
    monitor.recordRefusal('heap');
    monitor.recordLoopDelay(0.25);
    expect([metrics.read('service.rate_limited'), metrics.read('service.shed', { reason: 'heap' })]).toEqual([1, 1]);
    expect(metrics.observations('service.event_loop_delay')).toEqual([0.25]);
  });
});
