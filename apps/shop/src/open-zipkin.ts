import { obtainServer, startServer } from '@weft-tooling/servers';
import type { Telemetry } from './telemetry.js';
import type { TraceSpan } from './trace-tree.js';

const USUAL_URL = 'http://localhost:9411';
const PATIENCE_MS = 2_000;
const WITHOUT_SERVER = `Start one at ${USUAL_URL}, or run the tour without --telemetry: that needs no server.`;

/** What Zipkin tells of a span; it has written names in lower case. */
interface ZipkinSpan {
  readonly id: string;
  readonly parentId?: string;
  readonly name?: string;
  /** Microseconds since 1970. */
  readonly timestamp?: number;
  /** Microseconds. */
  readonly duration?: number;
  readonly localEndpoint?: { readonly serviceName?: string };
  readonly tags?: Readonly<Record<string, string>>;
}

/**
 * The Zipkin that runs on this machine, else one that is started for the tour.
 * @throws Error that says why there is none
 */
export async function openZipkin(): Promise<Telemetry> {
  if (await isServing(USUAL_URL)) return talkTo(USUAL_URL, 'Zipkin');
  const found = await obtainServer('zipkin');
  if ('missing' in found) throw new Error(`nobody serves at ${USUAL_URL}, and ${found.missing}\n  ${WITHOUT_SERVER}`);
  const server = await startServer('zipkin');
  const zipkin = talkTo(`http://${server.address}`, `Zipkin ${server.version}, which ends with the tour (--keep leaves both)`);
  return { ...zipkin, close: () => server.stop() };
}

function talkTo(url: string, what: string): Telemetry {
  return {
    reporter: { type: 'zipkin', url: `${url}/api/v2/spans` },
    sampler: 1,
    told: [`spans go to ${what}: look at ${url}/zipkin/?serviceName=gateway`],
    async spansOf(traceId) {
      const response = await fetch(`${url}/api/v2/trace/${traceId}`, { signal: AbortSignal.timeout(PATIENCE_MS) });
      const body = await response.text();
      return response.ok ? (JSON.parse(body) as readonly ZipkinSpan[]).map(toTraceSpan) : [];
    },
    pushedMetrics: () => [],
    close: async () => {},
  };
}

function toTraceSpan({ id, parentId, name = '', timestamp = 0, duration = 0, localEndpoint, tags = {} }: ZipkinSpan): TraceSpan {
  const service = localEndpoint?.serviceName ?? '';
  return {
    id,
    parent: parentId,
    name,
    service,
    process: tags['service.instance.id'] ?? service,
    startAt: timestamp / 1_000,
    durationMs: duration / 1_000,
    status: tags['http.response.status_code'] ?? '',
    failed: tags.error !== undefined,
  };
}

function isServing(url: string): Promise<boolean> {
  return fetch(`${url}/health`, { signal: AbortSignal.timeout(PATIENCE_MS) }).then(
    async (response) => (await response.text()).includes('UP'),
    () => false,
  );
}
