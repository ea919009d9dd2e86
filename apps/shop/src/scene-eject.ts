import { createClient } from '@weft/host';
import type { Scene } from './scene.js';
import { until } from './scene.js';
import { setFault } from './set-fault.js';

/** (c) One instance answers 500 until it is left alone, then heals and comes back. */
export const eject: Scene = {
  name: 'an instance that answers 500 is ejected and comes back',
  breaksAnswers: true,
  async play({ registry, traffic, say }) {
    const client = await createClient({
      serviceName: 'users',
      registry,
      retries: 0,
      outlier: { consecutive: 5, baseTime: '3s' },
    });
    const broken = (await registry.getServices('users')).find(({ id }) => id === 'users-3');
    if (!broken) return { ok: false, detail: 'users-3 is not registered' };
    const trafficBefore = traffic.count.failed;
    let ejected = false;
    let restored = false;
    client.on('instance.ejected', ({ instance }) => {
      ejected ||= instance === broken.id;
    });
    client.on('instance.restored', ({ instance }) => {
      restored ||= instance === broken.id;
    });
    const answeredBy = async () => (await client.get('/users/1')).instance.id;

    await setFault(broken, { status: 500 });
    say('users-3 answers 500');
    let bad = 0;
    await until(async () => {
      if ((await client.get('/users/1')).statusCode === 500) bad++;
      return ejected;
    }, 10_000);
    say(ejected ? `users-3 ejected after ${bad} bad answers` : `users-3 was not ejected after ${bad} bad answers`);
    const whileOut = await Promise.all(Array.from({ length: 60 }, answeredBy));
    await setFault(broken, { status: 0 });
    say('users-3 healed');
    const startedAt = performance.now();
    await until(() => restored, 15_000);
    const backAfterMs = Math.round(performance.now() - startedAt);
    const served = await until(async () => (await answeredBy()) === broken.id, 3_000);
    await client.close();
    const avoided = whileOut.filter((id) => id !== broken.id).length;
    const seen = traffic.count.failed - trafficBefore;
    return {
      ok: ejected && avoided === whileOut.length && restored && served,
      detail: `ejected after ${bad} answers of 500, avoided by ${avoided} of ${whileOut.length} calls, back ${backAfterMs} ms after healing; the traffic saw ${seen} failures`,
    };
  },
};
