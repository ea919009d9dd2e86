import type { MetricKind } from './metric-family.js';

/** What a unit adds to a name, by its UCUM code. */
const SUFFIXES: Readonly<Record<string, string>> = { s: 'seconds', ms: 'milliseconds', By: 'bytes' };

/**
 * The name of a metric in Prometheus' text: dots become underscores, and its unit and a counter's `total` stand at the end.
 * Source: OpenTelemetry, Prometheus and OpenMetrics compatibility.
 * @returns undefined when nothing of `name` can be said in it
 */
export function prometheusName(name: string, kind: MetricKind, unit = ''): string | undefined {
  const stem = name.replace(/[^a-zA-Z0-9_]+/g, '_').replace(/_{2,}/g, '_');
  if (!/[a-zA-Z0-9]/.test(stem)) return undefined;
  const endings = [SUFFIXES[unit], kind === 'counter' ? 'total' : undefined].filter((ending) => ending !== undefined);
  const bare = endings.reduceRight(without, stem).replace(/_$/, '');
  return [/^[0-9]/.test(bare) ? `_${bare}` : bare, ...endings].join('_');
}

function without(name: string, ending: string): string {
  return name.endsWith(`_${ending}`) ? name.slice(0, -ending.length - 1) : name;
}
