import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { obtainServer, startServer } from '@weft-tooling/servers';
import type { Fleet } from './fleet.js';
import { metricsUrls } from './metrics-urls.js';
import { openReceiving } from './open-receiving.js';
import type { Telemetry } from './telemetry.js';

const LOOK_MS = 500;
const QUERY = 'sum by (service) (rate(service_requests_total[15s]))';

/**
 * A Prometheus that is started for the tour. Processes come and go, each on a port of its own: which ones are there, a file
 * says that Prometheus looks at (file_sd_configs). Spans are for the tour, since Prometheus takes none.
 * @throws Error that says why there is none
 */
export async function openPrometheus(): Promise<Telemetry> {
  const found = await obtainServer('prometheus');
  if ('missing' in found)
    throw new Error(`${found.missing}\n  Install it so that it is found on PATH, or run the tour without --telemetry.`);
  const folder = await mkdtemp(join(tmpdir(), 'weft-shop-'));
  const file = join(folder, 'targets.json');
  const server = await startServer('prometheus', { config: configOn(file) });
  const receiving = await openReceiving();
  let timer: NodeJS.Timeout | undefined;
  return {
    ...receiving,
    told: [
      `Prometheus ${server.version}, which ends with the tour (--keep leaves both), fetches the metrics of all processes: look at`,
      `  http://${server.address}/targets`,
      `  http://${server.address}/graph?g0.range_input=5m&g0.tab=0&g0.expr=${encodeURIComponent(QUERY)}`,
    ],
    follow(fleet) {
      timer = setInterval(() => void writeTargets(fleet, file).catch(() => {}), LOOK_MS);
    },
    async close() {
      clearInterval(timer);
      await Promise.all([server.stop(), receiving.close()]);
      await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    },
  };
}

const configOn = (targets: string) => `
global: { scrape_interval: 1s }
scrape_configs:
  - job_name: shop
    file_sd_configs: [{ files: ['${targets}'], refresh_interval: 1s }]
`;

/** Put in place as a whole: Prometheus may look at any time. */
async function writeTargets(fleet: Pick<Fleet, 'running'>, file: string): Promise<void> {
  const targets = metricsUrls(fleet).map(({ instance: { id, service }, url }) => {
    return { targets: [new URL(url).host], labels: { instance: id, service } };
  });
  const draft = `${file}.draft`;
  await writeFile(draft, JSON.stringify(targets));
  await rename(draft, file);
}
