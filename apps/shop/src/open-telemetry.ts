import { nearestName } from '@weft/core';
import { openForwarding } from './open-forwarding.js';
import { openPrometheus } from './open-prometheus.js';
import { openReceiving } from './open-receiving.js';
import { openZipkin } from './open-zipkin.js';
import type { Telemetry } from './telemetry.js';

/** Back ends that the shop's telemetry can be sent to. */
export const TELEMETRY = ['zipkin', 'prometheus', 'otlp'] as const;

/** Word of such a back end. */
export type TelemetryName = (typeof TELEMETRY)[number];

/**
 * Opens the back end of that name; without a name the tour itself takes the spans.
 * @throws Error that says why there is no such server, and what can be done
 */
export function openTelemetry(name: TelemetryName | undefined): Promise<Telemetry> {
  if (name === 'zipkin') return openZipkin();
  if (name === 'prometheus') return openPrometheus();
  if (name === 'otlp') return openForwarding(process.env.OTEL_EXPORTER_OTLP_ENDPOINT || 'http://localhost:4318');
  return openReceiving();
}

/** @throws Error that says what would be right */
export function parseTelemetryName(word: string): TelemetryName {
  const known = TELEMETRY.find((name) => name === word);
  if (known) return known;
  const nearest = nearestName(word, TELEMETRY);
  const hint = nearest ? ` Did you mean "${nearest}"?` : '';
  throw new Error(`--telemetry: unknown back end ${JSON.stringify(word)}. Known: ${TELEMETRY.join(', ')}.${hint}`);
}
