import {
  type Duration,
  headerProblems,
  invalidOptions,
  nearestName,
  parsePositiveDuration,
  problemsIn,
  schemaProblems,
} from '@weft/core';
import { z } from 'zod';

/** What spans can be reported as. */
export const REPORTER_TYPES = ['otlp', 'jaeger', 'zipkin', 'console', 'memory'] as const;

/** Where spans go. */
export interface ReporterOptions {
  /**
   * `otlp` (unless set): OTLP over HTTP as protobuf. `jaeger`: the same, to Jaeger. `zipkin`: its JSON. `console`: a line of
   * JSON per span on standard output. `memory`: kept in the process, for tests.
   */
  readonly type?: (typeof REPORTER_TYPES)[number] | undefined;
  /**
   * The collector, `http` or `https`; a URL without a path gets the usual one. `http://localhost:4318/v1/traces` unless
   * set, for `zipkin` `http://localhost:9411/api/v2/spans`. User and password in it become an `authorization` header.
   */
  readonly url?: string | undefined;
  /** Sent along with every report, such as an API key. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** Which traces are kept although the sampler said no: this process's part of them. */
export interface TailOptions {
  /** A trace whose work here takes at least this long; `'1s'` unless set. */
  readonly slow?: Duration | undefined;
  /** Whether a trace is kept when a span of it failed here: tag `error`, or a status from 500; true unless set. */
  readonly failed?: boolean | undefined;
  /** How many undecided traces are held at a time; 1,000 unless set. Beyond it the oldest is forgotten. */
  readonly maxTraces?: number | undefined;
  /** How many spans of each are held; 50 unless set. Beyond it further ones are forgotten. */
  readonly maxSpans?: number | undefined;
}

/** How spans wait for being reported. */
export interface QueueOptions {
  /** How many wait or are on their way at most; 2,048 unless set. Beyond it new ones are dropped, and counted. */
  readonly maxSpans?: number | undefined;
  /** How many go in one report; 512 unless set, or `maxSpans` if that is less. As soon as so many wait, they go. */
  readonly batch?: number | undefined;
  /** How long a span waits for others at most; `'1s'` unless set. */
  readonly interval?: Duration | undefined;
  /** By when a report has to be answered; `'10s'` unless set. */
  readonly timeout?: Duration | undefined;
}

/** What tracing over the OpenTelemetry SDK is opened with: the words of the `tracing` block. */
export interface OtelTracingOptions {
  /** What back ends call this process's part of a trace by; the host fills in `service.name`. */
  readonly serviceName: string;
  /** Share of the traces starting here that are recorded, 0 to 1; 1 unless set. One that goes on follows its parent. */
  readonly sampler?: number | undefined;
  /** Where spans go; OTLP to this machine unless set. */
  readonly reporter?: ReporterOptions | undefined;
  /** Keeps failed and slow traces that the sampler did not choose; `true` = with its defaults, off unless set. */
  readonly tail?: boolean | TailOptions | undefined;
  /** How spans wait for being reported. */
  readonly queue?: QueueOptions | undefined;
  /** Facts about this process, sent with its spans, such as `{ 'deployment.environment.name': 'production' }`. */
  readonly resource?: Readonly<Record<string, string | number | boolean>> | undefined;
  /** Whether it becomes the provider of the OpenTelemetry API, for the instrumentation of other libraries; false unless set. */
  readonly register?: boolean | undefined;
}

declare global {
  interface WeftDrivers {
    'tracing/otel': OtelTracingOptions;
  }
}

const duration = z.custom<Duration>().superRefine((value, context) => {
  const problems = problemsIn('duration', () => parsePositiveDuration(value));
  for (const { message } of problems) context.addIssue({ code: 'custom', message });
});

/** What cannot be sent would fail every report. */
const headers = z.record(z.string(), z.string()).superRefine((lines, context) => {
  for (const { path, message } of headerProblems(lines)) context.addIssue({ code: 'custom', path: [path], message });
});

const reporter = z
  .strictObject({
    type: z.enum(REPORTER_TYPES, { error: ({ input }) => unknownType(input) }).optional(),
    url: z.url({ protocol: /^https?$/, error: 'expected a URL with http or https' }).optional(),
    headers: headers.optional(),
  })
  .superRefine(({ type = 'otlp', ...target }, context) => {
    if (type !== 'console' && type !== 'memory') return;
    for (const [name, value] of Object.entries(target)) {
      if (value !== undefined) context.addIssue({ code: 'custom', path: [name], message: `has no effect on "${type}"` });
    }
  });

const tail = z.strictObject({
  slow: duration.optional(),
  failed: z.boolean().optional(),
  maxTraces: z.int().positive().optional(),
  maxSpans: z.int().positive().optional(),
});

const queue = z
  .strictObject({
    maxSpans: z.int().positive().optional(),
    batch: z.int().positive().optional(),
    interval: duration.optional(),
    timeout: duration.optional(),
  })
  .refine(({ maxSpans = 2_048, batch = 1 }) => batch <= maxSpans, { path: ['batch'], message: 'is more than maxSpans' });

/** Checks `OtelTracingOptions`; unknown keys are issues. */
export const otelTracingOptions: z.ZodType<OtelTracingOptions> = z.strictObject({
  serviceName: z.string().min(1),
  sampler: z.number().min(0).max(1).optional(),
  reporter: reporter.optional(),
  tail: z.union([z.boolean(), tail]).optional(),
  queue: queue.optional(),
  resource: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  register: z.boolean().optional(),
});

/** @throws WEFT_CONFIG_INVALID telling all that is wrong, with paths such as `tracing.reporter.type` */
export function parseOtelTracingOptions(value: unknown): OtelTracingOptions {
  const result = otelTracingOptions.safeParse(value);
  if (result.success) return result.data;
  throw invalidOptions(schemaProblems(result.error.issues, 'tracing'));
}

function unknownType(input: unknown): string {
  const nearest = nearestName(String(input), REPORTER_TYPES);
  const hint = nearest === undefined ? '' : ` Did you mean "${nearest}"?`;
  return `there is no reporter ${JSON.stringify(input)}. Known: ${REPORTER_TYPES.join(', ')}.${hint}`;
}
