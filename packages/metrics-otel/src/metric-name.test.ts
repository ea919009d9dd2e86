import { describe, expect, it } from 'vitest';
import type { MetricKind } from './metric-family.js';
import { prometheusName } from './metric-name.js';

describe('the name of a metric in Prometheus', () => {
  it.each<[name: string, kind: MetricKind, unit: string, inPrometheus: string]>([
    ['service.requests', 'counter', '', 'service_requests_total'],
    ['service.requests', 'counter', '{request}', 'service_requests_total'],
    ['service.response_time', 'histogram', 's', 'service_response_time_seconds'],
    ['process.cpu.time', 'counter', 's', 'process_cpu_time_seconds_total'],
    ['process.memory.usage', 'gauge', 'By', 'process_memory_usage_bytes'],
    ['queue.depth', 'gauge', '', 'queue_depth'],
    ['jobs.total', 'counter', '', 'jobs_total'],
    ['cpu.seconds', 'counter', 's', 'cpu_seconds_total'],
    ['cpu_seconds_total', 'counter', 's', 'cpu_seconds_total'],
    ['a..b--c d', 'gauge', '', 'a_b_c_d'],
    ['4xx', 'counter', '', '_4xx_total'],
    ['job:rate', 'gauge', '', 'job_rate'],
    ['größe', 'gauge', '', 'gr_e'],
  ])('%s, a %s in "%s", is %s', (name, kind, unit, inPrometheus) => {
    expect(prometheusName(name, kind, unit)).toBe(inPrometheus);
  });

  it.each(['', '.', '___', '漢字', '\n'])('there is none for %j', (name) => {
    expect(prometheusName(name, 'gauge')).toBeUndefined();
  });
});
