import { createRegistry } from '@weft/host';
import { FLEET } from './fleet.js';
import type { Stage } from './scene.js';
import { until } from './scene.js';

/**
 * Resolves to the ms until the server itself lists every instance of the shop, to undefined after `timeoutMs`. It asks as
 * a stranger would, who has no last good list.
 */
export async function untilAllListed({ backend }: Stage, timeoutMs = 30_000): Promise<number | undefined> {
  const startedAt = performance.now();
  const { driver, address } = backend;
  const stranger = await createRegistry({ driver, address });
  const isWhole = async () => {
    const listed = await stranger.listServices().catch(() => []);
    const up = new Set(listed.filter(({ status }) => status === 'up').map(({ id }) => id));
    return Object.values(FLEET)
      .flat()
      .every((id) => up.has(id));
  };
  const whole = await until(isWhole, timeoutMs);
  await stranger.close();
  return whole ? Math.round(performance.now() - startedAt) : undefined;
}
