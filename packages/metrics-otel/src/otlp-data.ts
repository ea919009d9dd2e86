import { type HrTime, ValueType } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import { AggregationTemporality, DataPointType, type MetricData, type ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { MetricFamily, Series } from './metric-family.js';

const MS_PER_S = 1_000;
const NS_PER_MS = 1_000_000;
const SCOPE = { name: '@weft/metrics-otel' };

/** The time that sums and distributions are over, in ms since 1970. */
export interface Period {
  /** When they were 0. */
  readonly startAt: number;
  /** When they were read. */
  readonly endAt: number;
}

/** All metrics as the SDK's exporters take them. */
export function resourceMetrics(families: Iterable<MetricFamily>, resource: Resource, period: Period): ResourceMetrics {
  const metrics = [...families].map((family) => metricData(family, period));
  return { resource, scopeMetrics: [{ scope: SCOPE, metrics }] };
}

function metricData({ facts, series }: MetricFamily, { startAt, endAt }: Period): MetricData {
  const { name, help, unit, kind, buckets } = facts;
  const basics = {
    descriptor: { name, description: help, unit, valueType: ValueType.DOUBLE },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
  };
  const times = { startTime: hrTime(startAt), endTime: hrTime(endAt) };
  const points = <Value>(read: (each: Series) => Value) =>
    Array.from(series, (each) => ({ ...times, attributes: each.labels.attributes, value: read(each) }));
  if (kind === 'gauge') return { ...basics, dataPointType: DataPointType.GAUGE, dataPoints: points(({ value }) => value) };
  if (kind === 'histogram') {
    return { ...basics, dataPointType: DataPointType.HISTOGRAM, dataPoints: points((each) => distribution(each, buckets)) };
  }
  return { ...basics, dataPointType: DataPointType.SUM, isMonotonic: true, dataPoints: points(({ value }) => value) };
}

function distribution({ counts, value }: Series, boundaries: readonly number[]) {
  const count = counts.reduce((sum, each) => sum + each, 0);
  return { sum: value, count, buckets: { boundaries: [...boundaries], counts: [...counts] } };
}

function hrTime(atMs: number): HrTime {
  return [Math.floor(atMs / MS_PER_S), Math.round((atMs % MS_PER_S) * NS_PER_MS)];
}
