import { createClient } from '@weft/host';
import { FLEET } from './fleet.js';
import type { Scene, Stage } from './scene.js';
import { until } from './scene.js';

const CANARY = 'users-4';
const CALLS = 500;
const AT_ONCE = 10;
const CANARY_PERCENT = 10;
const TOLERANCE_PERCENT = 2;
/** Far more than the second within which a policy is to be in force: the machine may be busy. */
const PATIENCE_MS = 5_000;

interface Answer {
  readonly answeredBy?: { readonly orders: string; readonly users: string };
}

type Ask = () => Promise<Answer['answeredBy']>;

/** (h) A new version of users gets no call, then a tenth of them: the policy is changed in the config center while calls go on. */
export const canary: Scene = {
  name: 'a canary gets 10 % of the calls, by a policy that is changed live',
  async play(stage) {
    const { registry, config, fleet, traffic, say } = stage;
    const failedBefore = traffic.count.failed;
    const gateway = await createClient({ serviceName: 'gateway', registry, timeout: '10s' });
    const ask: Ask = async () => (await gateway.get<Answer>('/users/7/orders')).data.answeredBy;
    try {
      await split(stage, 0);
      await fleet.start('users', CANARY, '2.0.0');
      const inTheDark = await shareOfCanary(stage, ask, CALLS / 5);
      say(`${CANARY} runs version 2.0.0; split 100 to 0: it gets ${inTheDark.percent.toFixed(1)} % of ${inTheDark.reads} reads`);
      const changedAt = performance.now();
      await split(stage, CANARY_PERCENT);
      const isInForce = await isSeenByAllOrders(ask);
      const inForceMs = Math.round(performance.now() - changedAt);
      say(`the config center now says 90 to 10: both orders go by it after ${inForceMs} ms, no restart`);
      const share = await shareOfCanary(stage, ask, CALLS);
      say(`it gets ${share.percent.toFixed(1)} % of ${share.reads} reads`);
      const failed = traffic.count.failed - failedBefore;
      const isExact = inTheDark.percent === 0 && Math.abs(share.percent - CANARY_PERCENT) <= TOLERANCE_PERCENT;
      return {
        ok: isInForce && isExact && failed === 0,
        detail: `${share.percent.toFixed(1)} % of ${share.reads} reads (${inTheDark.percent.toFixed(1)} % before), in force after ${inForceMs} ms; ${failed} of the traffic failed`,
      };
    } finally {
      await config.remove('policies');
      await gateway.close();
      if (fleet.runs(CANARY)) await fleet.stop(CANARY);
    }
  },
};

async function split({ config }: Stage, percent: number): Promise<void> {
  const loadBalancer = { strategy: 'round_robin', options: { split: { 1: 100 - percent, 2: percent } } };
  await config.set('policies', { users: { loadBalancer } });
}

/** Each process of orders shares its calls out by itself: both must have heard of the change. */
function isSeenByAllOrders(ask: Ask): Promise<boolean> {
  const changed = new Set<string>();
  return until(async () => {
    const answers = await Promise.all(Array.from({ length: AT_ONCE }, ask));
    for (const by of answers) if (by?.users === CANARY) changed.add(by.orders);
    return changed.size === FLEET.orders.length;
  }, PATIENCE_MS);
}

/** What of the next calls reaches the canary, by what the instances log: calls of the traffic count, too. */
async function shareOfCanary({ fleet }: Stage, ask: Ask, calls: number): Promise<{ percent: number; reads: number }> {
  const readsOf = (id: string) => fleet.get(id).lines.filter((line) => line.includes('"user read"')).length;
  const count = () => ({ canary: readsOf(CANARY), stable: FLEET.users.reduce((sum, id) => sum + readsOf(id), 0) });
  const before = count();
  for (let made = 0; made < calls; made += AT_ONCE) await Promise.all(Array.from({ length: AT_ONCE }, ask));
  const after = count();
  const canaries = after.canary - before.canary;
  const reads = canaries + after.stable - before.stable;
  return { reads, percent: (100 * canaries) / reads };
}
