import { type Duration, headerProblems, invalidOptions, messageOf, parseDuration, schemaProblems, WeftError } from '@weft/core';
import { z } from 'zod';
import type { MetricDescription } from './known-metrics.js';

/** Where Prometheus fetches metrics from this process. */
export interface PrometheusOptions {
  /** Address to listen on; `'127.0.0.1'` unless set. */
  readonly host?: string | undefined;
  /** Port to listen on; 9464 unless set, 0 for any that is free. */
  readonly port?: number | undefined;
  /** Path of the metrics; `'/metrics'` unless set. */
  readonly path?: string | undefined;
  /** Host names that it is asked for by, beside `localhost` and IP addresses; requests for others are refused. */
  readonly names?: readonly string[] | undefined;
}

/** Where this process sends metrics to. */
export interface OtlpOptions {
  /** The collector's URL; without a path `/v1/metrics` is added. Empty, as `${COLLECTOR:-}` may be: nothing is pushed. */
  readonly url: string;
  /** How often; `'60s'` unless set, at least 1 s. */
  readonly interval?: Duration | undefined;
  /** Sent with each request, such as a token. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** What the metrics are opened with. */
export interface OtelMetricsOptions {
  /** The endpoint for Prometheus, on unless `false`. */
  readonly prometheus?: PrometheusOptions | false | undefined;
  /** The collector to push to; nothing is pushed unless set. */
  readonly otlp?: OtlpOptions | undefined;
  /** Name of the service, as `service.name` among the attributes of the resource. */
  readonly serviceName?: string | undefined;
  /** Attributes of the resource: what is true of all metrics of this process. */
  readonly resource?: Readonly<Record<string, string>> | undefined;
  /** Put before every name, with a dot between. */
  readonly prefix?: string | undefined;
  /** Upper bounds of the buckets of distributions, ascending; for HTTP in seconds, 5 ms to 10 s, unless set. */
  readonly buckets?: readonly number[] | undefined;
  /** Series per metric; 2,000 unless set. What comes after is counted in one whose label values are all `other`. */
  readonly maxSeries?: number | undefined;
  /** What is said of metrics of yours, by their names. */
  readonly describe?: Readonly<Record<string, MetricDescription>> | undefined;
  /** Whether the process itself is measured too: event loop, garbage collection, CPU, memory; true unless set. */
  readonly runtime?: boolean | undefined;
}

declare global {
  interface WeftDrivers {
    'metrics/otel': OtelMetricsOptions;
  }
}

const text = z.string().min(1);
const texts = z.record(z.string(), z.string());
const MIN_INTERVAL_MS = 1_000;
const EXPECTED_URL = 'expected a URL such as "http://127.0.0.1:4318"';

const interval = z.custom<Duration>().superRefine((value, context) => {
  try {
    if (parseDuration(value) < MIN_INTERVAL_MS) throw new WeftError('WEFT_CONFIG_INVALID', 'expected at least "1s"');
  } catch (error) {
    context.addIssue({ code: 'custom', message: messageOf(error).replace(/^duration: /, '') });
  }
});

const buckets = z
  .array(z.number())
  .min(1)
  .max(100)
  .refine(
    (bounds) => bounds.every((bound, at) => bound > (bounds[at - 1] ?? Number.NEGATIVE_INFINITY)),
    'expected ascending bounds',
  );

const prometheus = z.strictObject({
  host: text.optional().describe('Address to listen on'),
  port: z.int().min(0).max(65_535).optional().describe('Port to listen on; 0 for any that is free'),
  path: z.string().startsWith('/').optional().describe('Path of the metrics'),
  names: z.array(text).optional().describe('Host names that it is asked for by, beside localhost and IP addresses'),
});

/** What cannot be sent would fail every report. */
const headers = z.record(z.string(), z.string()).superRefine((lines, context) => {
  for (const { path, message } of headerProblems(lines)) context.addIssue({ code: 'custom', path: [path], message });
});

const otlp = z.strictObject({
  url: z
    .union([z.literal(''), z.url({ protocol: /^https?$/, error: EXPECTED_URL })], EXPECTED_URL)
    .describe("The collector's URL; empty for none"),
  interval: interval.optional().describe('How often metrics are sent'),
  headers: headers.optional().describe('Sent with each request'),
});

const description = z.strictObject({
  help: text.optional(),
  unit: z.string().optional(),
  buckets: buckets.optional(),
});

/** Checks `OtelMetricsOptions`; unknown keys are issues. */
export const otelMetricsOptions: z.ZodType<OtelMetricsOptions> = z.strictObject({
  prometheus: z
    .union([z.literal(false), prometheus], 'expected false, or an object such as { port: 9464 }')
    .optional()
    .describe('The endpoint for Prometheus, or false'),
  otlp: otlp.optional().describe('The collector to push to'),
  serviceName: text.optional().describe('Name of the service'),
  resource: texts.optional().describe('Attributes of the resource'),
  prefix: text.optional().describe('Put before every name'),
  buckets: buckets.optional().describe('Upper bounds of the buckets of distributions'),
  maxSeries: z.int().min(2).optional().describe('Series per metric'),
  describe: z.record(z.string(), description).optional().describe('What is said of metrics of yours'),
  runtime: z.boolean().optional().describe('Whether the process itself is measured too'),
});

/** @throws WEFT_CONFIG_INVALID telling all that is wrong, with paths such as `metrics.otlp.url` */
export function parseOtelMetricsOptions(value: unknown): OtelMetricsOptions {
  const result = otelMetricsOptions.safeParse(value);
  if (result.success) return result.data;
  throw invalidOptions(schemaProblems(result.error.issues, 'metrics'));
}
