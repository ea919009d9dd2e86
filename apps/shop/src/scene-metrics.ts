import { FLEET, type Fleet, type ShopService } from './fleet.js';
import { callsIn, type MetricsRow, requestsIn } from './metrics-summary.js';
import { metricsUrls } from './metrics-urls.js';
import { pushedPoints } from './pushed-points.js';
import type { Scene } from './scene.js';
import { until } from './scene.js';
import type { Telemetry } from './telemetry.js';

const SERVICES = ['gateway', 'orders', 'users'] as const;
const CALLS = [
  ['gateway', 'orders'],
  ['orders', 'users'],
] as const;
const PATIENCE_MS = 5_000;
const ALL = Object.values(FLEET).flat();

/** (n) What the processes that run at the end have counted, fetched from each as Prometheus would; and what they have pushed. */
export const metrics: Scene = {
  name: 'all processes can be asked for their metrics',
  async play({ fleet, telemetry, say }) {
    const texts = await fetchAll(fleet);
    const told: [what: string, row: MetricsRow][] = [
      ...SERVICES.map((service) => [service, requestsIn(texts[service])] as [string, MetricsRow]),
      ...CALLS.map(([from, to]) => [`${from} -> ${to}`, callsIn(texts[from], to)] as [string, MetricsRow]),
    ];
    for (const [what, row] of told) say(`${what.padEnd(17)} ${inWords(row, what.includes('->') ? 'calls' : 'requests')}`);
    const asked = SERVICES.reduce((sum, service) => sum + texts[service].length, 0);
    const silent = told.filter(([, { count }]) => count === 0).map(([what]) => what);
    const pushed = telemetry.metricsUrl === undefined ? undefined : await pushedTo(telemetry);
    if (pushed) say(pushed.detail);
    return {
      ok: asked === ALL.length && silent.length === 0 && pushed?.ok !== false,
      detail: `${asked} processes, ${silent.length === 0 ? 'all have' : `no figures of ${silent.join(', ')}; the others have`} counted since their start${pushed ? `; ${pushed.detail}` : ''}`,
    };
  },
};

/** What has come over OTLP; waits until it is something of everything. */
async function pushedTo(telemetry: Telemetry): Promise<{ readonly ok: boolean; readonly detail: string }> {
  let { byMetric, processes } = pushedPoints([]);
  const ok = await until(() => {
    ({ byMetric, processes } = pushedPoints(telemetry.pushedMetrics()));
    return ALL.every((id) => processes.has(id)) && byMetric.every(([, points]) => points > 0);
  }, PATIENCE_MS);
  const points = byMetric.map(([name, count]) => `${count} points of ${name}`);
  return { ok, detail: `${processes.size} processes have pushed ${points.join(', ')}` };
}

async function fetchAll(fleet: Fleet): Promise<Record<ShopService, string[]>> {
  const texts: Record<ShopService, string[]> = { gateway: [], orders: [], users: [] };
  const fetchOne = async ({ service }: { readonly service: ShopService }, url: string) => {
    const response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) });
    texts[service].push(await response.text());
  };
  await Promise.all(metricsUrls(fleet).map(({ instance, url }) => fetchOne(instance, url)));
  return texts;
}

function inWords({ count, failed, p95Ms }: MetricsRow, what: string): string {
  return `${count} ${what}, ${failed} failed, p95 ${p95Ms === undefined ? 'unknown' : `${p95Ms.toFixed(1)} ms`}`;
}
