import { runInContext } from '@weft/core';
import { createClient } from '@weft/host';
import { openOtelTracing } from '@weft/tracing-otel';
import { drawWaterfall } from './draw-waterfall.js';
import { FLEET } from './fleet.js';
import type { Scene } from './scene.js';
import { until } from './scene.js';
import { type TraceTree, traceTree } from './trace-tree.js';

/** Of the shop alone: a span where each of the three is asked, one where the first two call on, one of the ledger. */
const LEAST_SPANS = 6;
const SERVICES = Object.keys(FLEET);
const PATIENCE_MS = 5_000;

/** (m) One order is one trace: the spans that four processes have exported, each by itself, fit together. */
export const waterfall: Scene = {
  name: 'one order is one trace, from the spans that each process exports',
  async play({ registry, telemetry, say }) {
    const tracing = openOtelTracing({ serviceName: 'tour', reporter: telemetry.reporter });
    const root = tracing.tracer.startSpan('a customer orders tea');
    const gateway = await createClient({ serviceName: 'gateway', registry }, { tracer: tracing.tracer });
    const { traceId } = root.context;
    try {
      await runInContext({ trace: root.context }, () => gateway.post('/orders', { userId: '7', items: ['tea'] }));
    } finally {
      root.finish();
      await Promise.all([gateway.close(), tracing.close()]);
    }
    let tree = traceTree([]);
    await until(async () => {
      tree = traceTree(await telemetry.spansOf(traceId));
      return isWhole(tree);
    }, PATIENCE_MS);
    say(`trace ${traceId}`);
    if (tree.rows.length > 0) for (const line of drawWaterfall(tree)) say(`  ${line}`);
    return { ok: isWhole(tree), detail: `${traceId}: ${inWords(tree)}` };
  },
};

function isWhole(tree: TraceTree): boolean {
  const ofTheShop = tree.rows.filter(({ service }) => SERVICES.includes(service));
  return tree.isConnected && ofTheShop.length >= LEAST_SPANS && missing(tree).length === 0;
}

function missing({ rows }: TraceTree): string[] {
  return SERVICES.filter((service) => rows.every((row) => row.service !== service));
}

function inWords(tree: TraceTree): string {
  const { rows, processes, isConnected } = tree;
  const none = missing(tree).map((service) => `, none of ${service}`);
  return `${rows.length} spans of ${processes.length} processes${none.join('')}, ${isConnected ? 'connected' : 'in pieces'}`;
}
