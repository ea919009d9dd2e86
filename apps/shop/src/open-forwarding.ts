import { messageOf } from '@weft/core';
import { openReceiving } from './open-receiving.js';
import { rest } from './scene.js';
import type { Telemetry } from './telemetry.js';

const LOOK_MS = 250;
const PATIENCE_MS = 2_000;

const TRACES = '/v1/traces';
const METRICS = '/v1/metrics';

/**
 * A collector of the user's at `endpoint`. The tour takes spans and metrics, since it wants to show some of them, and passes
 * every report on as it came. A collector that takes no metrics gets none.
 * @throws Error when nobody answers there
 */
export async function openForwarding(endpoint: string): Promise<Telemetry> {
  const url = baseUrl(endpoint);
  const refusal = await post(`${url}${TRACES}`, Buffer.alloc(0));
  if (refusal) throw new Error(`no collector takes OTLP at ${url}${TRACES}: ${refusal}\n  ${HELP}`);
  const refusesMetrics = await post(`${url}${METRICS}`, Buffer.alloc(0));
  const receiving = await openReceiving();
  const { requests } = receiving.receiver;
  const told = [
    `spans go as OTLP to ${url}${TRACES}: look there for the services gateway, orders, users and tour`,
    refusesMetrics
      ? `it takes no metrics at ${url}${METRICS}: ${refusesMetrics}`
      : `metrics go to ${url}${METRICS}: look there for service.requests`,
  ];
  let seen = 0;
  let taken = 0;
  let failure: string | undefined;
  let isOpen = true;
  const passOn = async () => {
    for (let next = requests[seen]; next; next = requests[seen]) {
      seen++;
      const refused = await post(`${url}${next.path}`, next.body);
      if (refused === undefined) taken++;
      failure = refused ?? failure;
      if (refused !== undefined && !isOpen) return;
    }
  };
  const forwarding = (async () => {
    for (; isOpen; await rest(LOOK_MS)) await passOn();
    await passOn();
  })();
  const close = async () => {
    isOpen = false;
    await forwarding;
    await receiving.close();
    if (failure) console.error(`  ${requests.length - taken} of ${requests.length} reports did not get to ${url}: ${failure}`);
  };
  return { ...receiving, ...(!refusesMetrics && { metricsUrl: receiving.receiver.url }), sampler: 1, told, close };
}

const HELP =
  'Start one there, or say by OTEL_EXPORTER_OTLP_ENDPOINT where it is (OTLP over HTTP), or run the tour without --telemetry.';

/** @throws Error when it is no URL that reports can be sent to */
function baseUrl(endpoint: string): string {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password) {
    throw new Error('OTEL_EXPORTER_OTLP_ENDPOINT: expected a URL with http or https, and without a password in it');
  }
  return `${url.origin}${url.pathname.replace(/\/$/, '')}`;
}

/** Resolves to what went wrong. */
async function post(url: string, body: Buffer): Promise<string | undefined> {
  try {
    const headers = { 'content-type': 'application/x-protobuf' };
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const response = await fetch(url, { method: 'POST', headers, body: new Uint8Array(body), signal });
    await response.arrayBuffer();
    return response.ok ? undefined : `it answered ${response.status}`;
  } catch (error) {
    return messageOf((error as Error).cause ?? error);
  }
}
