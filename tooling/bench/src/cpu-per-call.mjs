import { quantile } from './quantile.mjs';

const STRETCHES = 10;

/**
 * CPU of this process per call, in ns: the lower quartile of ten stretches, for in some of them others push us aside.
 * @param {number} calls in all
 * @param {(calls: number) => Promise<void> | void} run makes so many calls
 */
export async function cpuNsPerCall(calls, run) {
  const each = Math.ceil(calls / STRETCHES);
  const costs = [];
  for (let stretch = 0; stretch < STRETCHES; stretch++) {
    const before = process.cpuUsage();
    await run(each);
    const { user, system } = process.cpuUsage(before);
    costs.push(((user + system) * 1_000) / each);
  }
  return quantile(costs, 0.25);
}
