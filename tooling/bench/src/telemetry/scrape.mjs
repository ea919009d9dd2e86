import { openOtelMetrics } from '@weft/metrics-otel';
import { BenchProcess } from '../bench-process.mjs';
import { quantile } from '../quantile.mjs';

const SCRAPES = 9;

/**
 * How long the event loop is kept from all else by Prometheus, which fetches `calls` distributions: the dearest series there are.
 * @param {import('../figure-area.mjs').FigureSetting} setting
 * @returns {Promise<import('../figure-area.mjs').FigureSource>}
 */
export async function open({ calls }) {
  const { metrics, url = '', close } = await openOtelMetrics({ prometheus: { port: 0 }, maxSeries: calls + 1 });
  for (let made = 0; made < calls; made++)
    metrics.histogram('cart.value', 0.012, { customer: `customer-${made}`, country: 'GB' });
  const { process: scraper } = await BenchProcess.open('scraper', './telemetry/scraper.mjs', { address: url });
  const scrape = async () => {
    const [loop, used] = [performance.eventLoopUtilization(), process.cpuUsage()];
    const { series, bytes } = await scraper.ask('figures');
    if (series !== calls) throw new Error(`${series} of ${calls} series were fetched`);
    const { user, system } = process.cpuUsage(used);
    // The loop also counts as active while other processes have the processor.
    return { loopMs: Math.min(performance.eventLoopUtilization(loop).active, (user + system) / 1_000), bytes };
  };
  const measure = async () => {
    const scrapes = [];
    for (let made = 0; made < SCRAPES; made++) scrapes.push(await scrape());
    return { loopMs: medianOf(scrapes.map(({ loopMs }) => loopMs)), MB: medianOf(scrapes.map(({ bytes }) => bytes)) / 1e6 };
  };
  return {
    measure,
    async close() {
      await scraper.close();
      await close();
    },
  };
}

/** @param {readonly number[]} numbers */
function medianOf(numbers) {
  return quantile(numbers, 0.5);
}
