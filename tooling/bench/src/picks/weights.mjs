import { createLoadBalancer } from '@weft/balancer';
import { openSnapshot } from './open-snapshot.mjs';

/**
 * How far the shares of three instances are from their weights, in percent of what each should have: the worst of them.
 * @param {import('../figure-area.mjs').FigureSetting} setting
 * @returns {Promise<import('../figure-area.mjs').FigureSource>}
 */
export async function open({ calls, options: { weights } }) {
  const { snapshot, close } = openSnapshot(Object.keys(weights).length);
  const balancer = createLoadBalancer('weighted', { weights });
  const measure = async () => {
    const counts = new Map(Object.keys(weights).map((id) => [id, 0]));
    for (let made = 0; made < calls; made++) {
      const picked = balancer.pick(snapshot, { skip: () => false });
      picked?.done({ result: 'ok', durationMs: 1 });
      const id = picked?.instance.id ?? '';
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    return { offPercent: furthestOff(weights, counts, calls) };
  };
  return { measure, close };
}

/**
 * @param {Readonly<Record<string, number>>} weights
 * @param {ReadonlyMap<string, number>} counts
 * @param {number} calls
 */
function furthestOff(weights, counts, calls) {
  const sum = Object.values(weights).reduce((all, weight) => all + weight, 0);
  const off = Object.entries(weights).map(([id, weight]) => {
    const wanted = (calls * weight) / sum;
    return (Math.abs((counts.get(id) ?? 0) - wanted) / wanted) * 100;
  });
  return Math.max(...off);
}
