/** What a kind of request or of call comes to. */
export interface MetricsRow {
  readonly count: number;
  readonly failed: number;
  /** What 95 % of them took at most, in ms, as exactly as the buckets tell; undefined when there were none. */
  readonly p95Ms: number | undefined;
}

interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Requests that the processes of a service have answered, from what these show to Prometheus; failed from 400 on. */
export function requestsIn(texts: readonly string[]): MetricsRow {
  const samples = texts.flatMap(parseSamples);
  return {
    count: sum(samples.filter(({ name }) => name === 'service_requests_total')),
    failed: sum(samples.filter(({ name }) => name === 'service_errors_total')),
    p95Ms: p95Of(samples.filter(({ name }) => name === 'service_response_time_seconds_bucket')),
  };
}

/** Calls that they have made to the service `target`. */
export function callsIn(texts: readonly string[], target: string): MetricsRow {
  const samples = texts.flatMap(parseSamples).filter(({ labels }) => labels.target_service === target);
  const calls = samples.filter(({ name }) => name === 'service_calls_total');
  return {
    count: sum(calls),
    failed: sum(calls.filter(({ labels }) => labels.success === 'false')),
    p95Ms: p95Of(samples.filter(({ name }) => name === 'service_call_duration_seconds_bucket')),
  };
}

/** The lines of Prometheus' text format that are no comment. */
function parseSamples(text: string): Sample[] {
  return [...text.matchAll(/^(\w+)(?:\{(.*)\})? (\S+)$/gm)].map(([, name = '', labels = '', value]) => {
    const pairs = [...labels.matchAll(/([\w.]+)="((?:[^"\\]|\\.)*)"/g)].map(([, key = '', of = '']) => [key, of]);
    return { name, labels: Object.fromEntries(pairs), value: Number(value) };
  });
}

/** Source: Prometheus, `histogram_quantile`: within a bucket as if all were spread evenly. */
function p95Of(samples: readonly Sample[]): number | undefined {
  const counts = new Map<number, number>();
  for (const { labels, value } of samples) {
    const bound = labels.le === '+Inf' ? Number.POSITIVE_INFINITY : Number(labels.le);
    counts.set(bound, (counts.get(bound) ?? 0) + value);
  }
  const rank = 0.95 * (counts.get(Number.POSITIVE_INFINITY) ?? 0);
  if (rank === 0) return undefined;
  let below = { bound: 0, count: 0 };
  for (const [bound, count] of [...counts].sort(([a], [b]) => a - b)) {
    if (count >= rank) {
      const share = (rank - below.count) / (count - below.count);
      return 1_000 * (bound === Number.POSITIVE_INFINITY ? below.bound : below.bound + share * (bound - below.bound));
    }
    below = { bound, count };
  }
  return undefined;
}

function sum(samples: readonly Sample[]): number {
  return samples.reduce((total, { value }) => total + value, 0);
}
