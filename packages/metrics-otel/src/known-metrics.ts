/** What is said of a metric beside its values. */
export interface MetricDescription {
  /** What it says, in a line. */
  readonly help?: string | undefined;
  /** UCUM code of its unit: `s`, `By`, `{request}`. Seconds and bytes are put at the end of its name in Prometheus. */
  readonly unit?: string | undefined;
  /** Upper bounds of the buckets of a distribution, ascending, in its unit. */
  readonly buckets?: readonly number[] | undefined;
}

const GC_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 10];

/** The metrics that Weft's packages measure, and those of the runtime (OpenTelemetry semantic conventions for Node.js, V8, processes). */
export const KNOWN_METRICS: Readonly<Record<string, MetricDescription>> = {
  'service.requests': { help: 'Requests that the service has answered.', unit: '{request}' },
  'service.response_time': { help: 'How long the service took to answer, in seconds.', unit: 's' },
  'service.errors': { help: 'Answers of the service with a status from 400 on.', unit: '{request}' },
  'service.calls': { help: 'Calls to other services.', unit: '{call}' },
  'service.call_duration': { help: 'How long calls to other services took, in seconds.', unit: 's' },
  'service.rate_limited': { help: 'Requests refused because their caller had spent its rate.', unit: '{request}' },
  'service.shed': { help: 'Requests refused because the process had too much to do.', unit: '{request}' },
  'service.event_loop_delay': { help: 'How late the event loop of the service was.', unit: 's' },
  'client.errors': { help: 'Calls that got no answer, by the code of their failure.', unit: '{call}' },
  'client.retries': { help: 'Tries beyond the first.', unit: '{try}' },
  'client.ejections': { help: 'Instances that were left alone for a while, by reason.', unit: '{ejection}' },
  'client.breaker.open': { help: 'Breaker of a service: 0 closed, 0.5 half-open, 1 open.' },
  'client.pool.connections': { help: 'Connections to other services, by state.', unit: '{connection}' },
  'client.pool.waiting': { help: 'Calls that wait for a connection.', unit: '{call}' },
  'audit.lost': { help: 'Audit records that could not be written.', unit: '{record}' },
  'config.rejected': { help: 'Values of the config center that were refused.', unit: '{value}' },
  'registry.age': { help: 'Time since the last contact with the registry.', unit: 's' },
  'registry.beats': { help: 'Signs of life sent to the registry.', unit: '{beat}' },
  'registry.instances': { help: 'Instances of a service that are known.', unit: '{instance}' },
  'registry.records.refused': { help: 'Records of the registry that were refused.', unit: '{record}' },
  'registry.registration.conflicts': { help: 'Registrations that another instance overwrote.', unit: '{conflict}' },
  'registry.stale': { help: 'Whether the list of a service is old: 0 no, 1 yes.' },
  'registry.suspects': { help: 'Instances that vanished together and are kept until probes fail.', unit: '{instance}' },
  'registry.watch.failures': { help: 'Watches of the registry that broke.', unit: '{failure}' },
  'tracing.spans.reported': { help: 'Spans that the collector has taken.', unit: '{span}' },
  'tracing.spans.dropped': { help: 'Spans that were given up.', unit: '{span}' },
  'nodejs.eventloop.delay.min': { help: 'Least delay of the event loop in the last minutes.', unit: 's' },
  'nodejs.eventloop.delay.max': { help: 'Greatest delay of the event loop in the last minutes.', unit: 's' },
  'nodejs.eventloop.delay.mean': { help: 'Mean delay of the event loop in the last minutes.', unit: 's' },
  'nodejs.eventloop.delay.stddev': { help: 'Standard deviation of the delay of the event loop in the last minutes.', unit: 's' },
  'nodejs.eventloop.delay.p50': { help: 'Delay of the event loop: median of the last minutes.', unit: 's' },
  'nodejs.eventloop.delay.p90': { help: 'Delay of the event loop: 90th percentile of the last minutes.', unit: 's' },
  'nodejs.eventloop.delay.p99': { help: 'Delay of the event loop: 99th percentile of the last minutes.', unit: 's' },
  'nodejs.eventloop.time': { help: 'How long the event loop was busy, and how long it waited.', unit: 's' },
  'v8js.gc.duration': { help: 'How long runs of the garbage collector took.', unit: 's', buckets: GC_BUCKETS },
  'v8js.memory.heap.used': { help: 'Memory that objects take, by space of the heap.', unit: 'By' },
  'v8js.memory.heap.limit': { help: 'Memory that is set aside, by space of the heap.', unit: 'By' },
  'process.cpu.time': { help: 'CPU time that the process has spent.', unit: 's' },
  'process.memory.usage': { help: 'Memory that the process holds (resident set).', unit: 'By' },
  'process.uptime': { help: 'How long the process has been running.', unit: 's' },
};
