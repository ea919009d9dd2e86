import { Agent } from 'node:http';
import { Agent as SecureAgent } from 'node:https';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';

/** Sends metrics somewhere. */
export interface MetricExporter {
  /** Sends all of them. @throws anything: what went wrong */
  send(metrics: ResourceMetrics): Promise<void>;
  /** Gives up what is under way. */
  cut(): void;
}

/** Where metrics are sent. */
export interface OtlpTarget {
  /** Such as `http://127.0.0.1:4318/v1/metrics`. */
  readonly url: string;
  /** Sent with each request. */
  readonly headers: Readonly<Record<string, string>>;
  /** How long to wait for an answer, tries included. */
  readonly timeoutMs: number;
}

/** Sends OTLP over HTTP in protobuf by the SDK's exporter, over sockets of our own: those of the SDK cannot be ended. */
export function openOtlpExporter({ url, headers, timeoutMs }: OtlpTarget): MetricExporter {
  const agent = url.startsWith('https:') ? new SecureAgent({ keepAlive: true }) : new Agent({ keepAlive: true });
  const exporter = new OTLPMetricExporter({
    url,
    headers: { ...headers },
    timeoutMillis: timeoutMs,
    httpAgentOptions: () => agent,
  });
  return {
    send: (metrics) =>
      new Promise((resolve, reject) => {
        exporter.export(metrics, ({ code, error }) => (code === 0 ? resolve() : reject(error)));
      }),
    cut: () => agent.destroy(),
  };
}
