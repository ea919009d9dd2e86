import { createClient } from '@weft/host';
import type { Stage } from './scene.js';
import { until } from './scene.js';

/** What the gateway shows of the config center. */
export interface ShownSettings {
  readonly database?: { readonly password: string };
  readonly shop: { readonly banner: string; readonly discountPercent: number };
  /** Values that it has refused, with the reason. */
  readonly refused: readonly string[];
}

/** What the config center holds when the tour begins. */
export async function writeFirstSettings({ config }: Pick<Stage, 'config'>): Promise<void> {
  await config.set('database', { host: 'db.shop.example', user: 'shop', password: 'hunter2' });
  await config.set('cache', { ttlSeconds: 3_600 });
}

/** What the running gateway goes by at this moment. */
export async function shownSettings({ registry }: Pick<Stage, 'registry'>): Promise<ShownSettings> {
  const gateway = await createClient({ serviceName: 'gateway', registry });
  const { data } = await gateway.get<ShownSettings>('/config');
  await gateway.close();
  return data;
}

/** Writes a discount; resolves to the ms until the running gateway goes by it, to undefined after `timeoutMs`. */
export async function changeDiscount(stage: Stage, discountPercent: number, timeoutMs = 10_000): Promise<number | undefined> {
  const startedAt = performance.now();
  await stage.config.set('shop', { banner: 'Sale', discountPercent });
  const isShown = async () => (await shownSettings(stage)).shop.discountPercent === discountPercent;
  return (await until(isShown, timeoutMs)) ? Math.round(performance.now() - startedAt) : undefined;
}
