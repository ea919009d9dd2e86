import { createClient } from '@weft/host';
import { FLEET } from './fleet.js';
import type { Scene } from './scene.js';
import { until } from './scene.js';

const CALLS = 50;
const AT_ONCE = 5;
/** The breakers on the way open for 2 s, then for 4 s, then for 8 s. */
const PATIENCE_MS = 30_000;

interface Answer {
  readonly user: unknown;
  readonly degraded?: boolean;
}

/** (i) All users instances are killed: the gateway goes on answering reads, and says that these answers are not the real ones. */
export const degrade: Scene = {
  name: 'without any users the gateway answers with less, and says so',
  breaksAnswers: true,
  async play({ registry, fleet, say }) {
    const gateway = await createClient({ serviceName: 'gateway', registry, timeout: '10s' });
    const ask = () =>
      gateway.get<Answer>('/users/7/orders').then(
        ({ statusCode, data }) => ({ statusCode, isDegraded: data.degraded === true }),
        () => ({ statusCode: 0, isDegraded: false }),
      );
    try {
      say('kill -9 of all three users');
      await Promise.all(FLEET.users.map((id) => fleet.crash(id)));
      let answered = 0;
      for (let made = 0; made < CALLS; made += AT_ONCE) {
        const answers = await Promise.all(Array.from({ length: AT_ONCE }, ask));
        answered += answers.filter(({ statusCode, isDegraded }) => statusCode === 200 && isDegraded).length;
      }
      say(`${answered} of ${CALLS} reads were answered 200 with degraded: true`);
      await Promise.all(FLEET.users.map((id) => fleet.start('users', id)));
      const startedAt = performance.now();
      say('all three users are back');
      const isBack = await until(async () => {
        const answers = await Promise.all(Array.from({ length: AT_ONCE }, ask));
        return answers.every(({ statusCode, isDegraded }) => statusCode === 200 && !isDegraded);
      }, PATIENCE_MS);
      const backMs = Math.round(performance.now() - startedAt);
      say(isBack ? `whole answers again after ${backMs} ms` : `no whole answers after ${backMs} ms`);
      const detail = `${answered} of ${CALLS} reads answered 200 with degraded: true; whole again: ${isBack}, ${backMs} ms after users are back`;
      return { ok: answered === CALLS && isBack, detail };
    } finally {
      await gateway.close();
    }
  },
};
