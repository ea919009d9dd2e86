import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { noopLogger } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { MetricStore } from './metric-store.js';
import { resourceMetrics } from './otlp-data.js';
import { prometheusText } from './prometheus-text.js';
import { RefusedObservations } from './refused-observations.js';

function openStore() {
  return new MetricStore({ buckets: [0.1, 1], maxSeries: 100, refused: new RefusedObservations(noopLogger) });
}

/** What is told of a gauge with these labels. */
function written(labels: Readonly<Record<string, string>>, kind: 'gauge' | 'histogram' = 'gauge'): string | undefined {
  const store = openStore();
  store[kind]('x', 1, labels);
  return prometheusText(store.families).split('\n')[2];
}

describe('labels in Prometheus text', () => {
  it.each([
    ['say "hi"', 'say \\"hi\\"'],
    ['C:\\temp', 'C:\\\\temp'],
    ['two\nlines', 'two\\nlines'],
    ['\\n', '\\\\n'],
    ['grün 漢 😀', 'grün 漢 😀'],
    ['lone \ud800 half', 'lone \ufffd half'],
    ['nul \0', 'nul \ufffd'],
    ['', ''],
  ])('the value %j is written %j', (value, said) => {
    expect(written({ v: value })).toBe(`x{v="${said}"} 1`);
  });

  it.each([
    ['http.method', 'http_method'],
    ['1st', '_1st'],
    ['__name__', '_name_'],
    ['größe', 'gr_e'],
    ['le', 'le'],
  ])('the name %j is written %s', (name, said) => {
    expect(written({ [name]: 'v' })).toBe(`x{${said}="v"} 1`);
  });

  it('names that become the same one are written once, with both values', () => {
    expect(written({ 'a.b': '1', a_b: '2' })).toBe('x{a_b="1;2"} 1');
  });

  it('a distribution needs "le" for itself: a label of that name is "exported_le"', () => {
    expect(written({ le: '5' }, 'histogram')).toBe('x_bucket{exported_le="5",le="0.1"} 0');
  });
});

describe('prometheusText', () => {
  it('is empty when nothing was measured', () => {
    expect(prometheusText([])).toBe('');
  });

  it('says what the process says of itself in target_info', () => {
    expect(prometheusText([], { 'service.name': 'user-service' })).toBe(
      '# HELP target_info What the process says of itself.\n# TYPE target_info gauge\ntarget_info{service_name="user-service"} 1\n',
    );
  });

  it('writes a sum that is too great for a number as Prometheus reads it', () => {
    const store = openStore();
    store.increment('x', {}, Number.MAX_VALUE);
    store.increment('x', {}, Number.MAX_VALUE);
    expect(prometheusText(store.families)).toContain('x_total +Inf\n');
  });

  it("has the same samples as the SDK's own serializer", () => {
    const store = openStore();
    for (const labels of [{ method: 'GET', path: '/a"\\\n' }, { method: 'PUT', path: '/b' }, undefined]) {
      store.increment('jobs.done', labels, 3);
      store.histogram('size', 0.5, labels);
      store.gauge('queue.depth', -1.5e-7, labels);
    }
    const sdk = new PrometheusSerializer(undefined, false, undefined, true, true);
    const data = resourceMetrics(store.families, resourceFromAttributes({}), { startAt: 0, endAt: 1 });
    expect(samples(prometheusText(store.families))).toEqual(samples(sdk.serialize(data)));
  });
});

function samples(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .sort();
}
