import type { ServiceInstance } from '@weft/core';
import { openOtelTracing } from '@weft/tracing-otel';
import type { Scene } from './scene.js';
import { until } from './scene.js';
import { setFault } from './set-fault.js';
import type { Telemetry } from './telemetry.js';

const REQUESTS = 40;
const SAMPLER = 0.1;
/** Nobody else asks for this user, so that nobody else sees the fault. */
const UNLUCKY = 'unlucky';
const PATIENCE_MS = 5_000;

/** Traces that the tour has begun. */
interface Begun {
  readonly ids: readonly string[];
  /** How many of them the sampler has chosen. */
  readonly chosen: number;
}

/** (o) The sampler chooses a trace in ten, and says so to everybody. Who fails keeps its spans all the same: `tail` in its config. */
export const tail: Scene = {
  name: 'failed requests keep their spans although the sampler said no',
  async play({ registry, telemetry, say }) {
    const [users] = await registry.getServices('users');
    if (!users) return { ok: false, detail: 'no users are registered' };
    await setFault(users, { status: 500, user: UNLUCKY });
    const failed = await ask(users, `/users/${UNLUCKY}`, 500, telemetry);
    await setFault(users, { status: 0 });
    const good = await ask(users, '/users/7', 200, telemetry);
    let [keptFailed, keptGood] = [0, 0];
    await until(async () => {
      [keptFailed, keptGood] = await Promise.all([keptOf(failed, telemetry), keptOf(good, telemetry)]);
      return keptFailed === REQUESTS && keptGood >= good.chosen;
    }, PATIENCE_MS);
    say(`kept ${keptFailed} of ${REQUESTS} failed requests at sampler ${SAMPLER}, which had chosen ${failed.chosen} of them`);
    say(`kept ${keptGood} of ${REQUESTS} that went well, of which it had chosen ${good.chosen}`);
    return {
      ok: keptFailed === REQUESTS && keptGood === good.chosen,
      detail: `kept ${keptFailed} of ${REQUESTS} failed requests and ${keptGood} of ${REQUESTS} that went well, at sampler ${SAMPLER}`,
    };
  },
};

/** Asks an instance many times, each in a trace of its own. @throws Error when it answers with another status */
async function ask(users: ServiceInstance, path: string, status: number, { reporter }: Telemetry): Promise<Begun> {
  const { tracer, close } = openOtelTracing({ serviceName: 'tour', reporter, sampler: SAMPLER, tail: true });
  const ids: string[] = [];
  let chosen = 0;
  try {
    for (let asked = 0; asked < REQUESTS; asked++) {
      const span = tracer.startSpan(`ask for ${path}`, undefined, 'client');
      const { traceId, spanId, sampled } = span.context;
      const headers = { traceparent: `00-${traceId}-${spanId}-${sampled ? '01' : '00'}` };
      const url = `http://${users.host}:${users.endpoints[0].port}${path}`;
      const response = await fetch(url, { headers, signal: AbortSignal.timeout(PATIENCE_MS) });
      await response.arrayBuffer();
      if (response.status !== status) throw new Error(`${users.id} answered ${response.status}, expected ${status}`);
      span.setTag('http.response.status_code', status).finish();
      ids.push(traceId);
      if (sampled) chosen++;
    }
  } finally {
    await close();
  }
  return { ids, chosen };
}

/** Of how many traces the spans of users have arrived. */
async function keptOf({ ids }: Begun, telemetry: Telemetry): Promise<number> {
  const traces = await Promise.all(ids.map((id) => telemetry.spansOf(id)));
  return traces.filter((spans) => spans.some(({ service }) => service === 'users')).length;
}
