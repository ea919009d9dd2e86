import { openOtelTracing } from '@weft/tracing-otel';

/** Of so many traces one fails. */
const FAILING_EVERY = 100;

/** Few enough that none is dropped, and held by the tail, before it is their turn. */
const TOGETHER = 500;

/**
 * Which traces are kept of those that begin here, in percent: of the failed ones, and of the others.
 * @param {import('../figure-area.mjs').FigureSetting} setting
 * @returns {Promise<import('../figure-area.mjs').FigureSource>}
 */
export async function open({ calls, options: { sampler, tail } }) {
  const { tracer, flush, close } = openOtelTracing({ serviceName: 'users', sampler, tail, reporter: { type: 'memory' } });
  const measure = async () => {
    let failing = 0;
    for (let made = 0; made < calls; made++) {
      const isFailing = made % FAILING_EVERY === 0;
      if (isFailing) failing++;
      tracer.startSpan('GET /users/:id', undefined, 'server').setTag('error', isFailing).finish();
      if (made % TOGETHER === TOGETHER - 1) await flush();
    }
    await flush();
    const kept = tracer.spans();
    const failed = kept.filter(({ isFailed }) => isFailed).length;
    return {
      failedPercent: (100 * failed) / failing,
      goodPercent: (100 * (kept.length - failed)) / Math.max(1, calls - failing),
    };
  };
  return { measure, close };
}
