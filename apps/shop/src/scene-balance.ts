import { createClient } from '@weft/host';
import { FLEET } from './fleet.js';
import type { Scene } from './scene.js';

const CALLS = 300;
const WEIGHTS = { 'users-1': 3, 'users-2': 2, 'users-3': 1 };
const STRATEGIES = {
  round_robin: { balancer: 'round_robin', fits: (n: number[]) => n.every((count) => Math.abs(count - 100) <= 2) },
  random: { balancer: 'random', fits: (n: number[]) => n.every((count) => Math.abs(count - 100) <= 40) },
  weighted: {
    balancer: { strategy: 'weighted', options: { weights: WEIGHTS } },
    fits: ([a = 0, b = 0, c = 0]: number[]) => Math.abs(a - 150) <= 3 && Math.abs(b - 100) <= 3 && Math.abs(c - 50) <= 3,
  },
  least_connections: { balancer: 'least_connections', fits: (n: number[]) => n.every((count) => count >= 40) },
} as const;

/** (a) How each strategy shares 300 calls between the three instances of users. */
export const balance: Scene = {
  name: 'load is shared by each strategy',
  async play({ registry, say }) {
    const told: string[] = [];
    let ok = true;
    for (const [name, { balancer, fits }] of Object.entries(STRATEGIES)) {
      const client = await createClient({ serviceName: 'users', registry, loadBalancer: balancer });
      const answeredBy = new Map<string, number>();
      for (let sent = 0; sent < CALLS; sent += 10) {
        const replies = await Promise.all(Array.from({ length: 10 }, (_, n) => client.get(`/users/${1 + sent + n}`)));
        for (const { instance } of replies) answeredBy.set(instance.id, (answeredBy.get(instance.id) ?? 0) + 1);
      }
      await client.close();
      const counts = FLEET.users.map((id) => answeredBy.get(id) ?? 0);
      ok &&= fits(counts);
      told.push(`${name} ${counts.join('/')}`);
      say(`${name}: ${counts.join(' / ')} of ${CALLS} calls`);
    }
    return { ok, detail: told.join(', ') };
  },
};
