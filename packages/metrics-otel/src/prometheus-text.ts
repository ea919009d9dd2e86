import { labelSet } from './label-set.js';
import type { MetricFacts, MetricFamily, Series } from './metric-family.js';

/** The media type of what `prometheusText` writes. */
export const PROMETHEUS_TEXT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * All metrics in Prometheus' text format 0.0.4.
 * @param resource what is said of the process itself, in the metric `target_info`
 */
export function prometheusText(families: Iterable<MetricFamily>, resource: Readonly<Record<string, string>> = {}): string {
  const { text } = labelSet(resource);
  let all = text && `# HELP target_info What the process says of itself.\n# TYPE target_info gauge\ntarget_info{${text}} 1\n`;
  for (const { facts, series } of families) {
    const { prometheusName: name, help, kind } = facts;
    all += `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${kind}\n`;
    if (kind === 'histogram') all += distributions(facts, series);
    else for (const { labels, value } of series) all += `${name}${braced(labels.text)} ${said(value)}\n`;
  }
  return all;
}

function distributions({ prometheusName: name, buckets }: MetricFacts, all: Iterable<Series>): string {
  const bounds = [...buckets.map(said), '+Inf'].map((bound) => `le="${bound}"}`);
  let lines = '';
  for (const { labels, counts, value } of all) {
    const start = `${name}_bucket{${labels.text}${labels.text && ','}`;
    let count = 0;
    for (let at = 0; at < counts.length; at++) {
      count += counts[at] ?? 0;
      lines += `${start}${bounds[at]} ${count}\n`;
    }
    lines += `${name}_sum${braced(labels.text)} ${said(value)}\n${name}_count${braced(labels.text)} ${count}\n`;
  }
  return lines;
}

function braced(labels: string): string {
  return labels && `{${labels}}`;
}

/** A number as Go reads it. */
function said(value: number): string {
  return value === Number.POSITIVE_INFINITY ? '+Inf' : String(value);
}

function escapeHelp(help: string): string {
  return help.replace(/[\\\n]/g, (char) => (char === '\n' ? '\\n' : '\\\\'));
}
