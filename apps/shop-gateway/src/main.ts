import { fileURLToPath } from 'node:url';
import { ServiceError } from '@weft/core';
import { createHost } from '@weft/host';
import { defaultSettings, shopSettings } from './settings.js';

const host = await createHost(fileURLToPath(new URL('../weft.config.json', import.meta.url)));
const { service, config } = host;
if (!service || !config) throw new Error('weft.config.json has no service or config block');
const orders = host.client('orders');

let settings = defaultSettings;
const refused: string[] = [];
config.on('rejected', ({ key, reason }) => refused.push(`${key}: ${reason}`));

service.addHandler('GET /users/:id/orders', async ({ params, json, log }) => {
  log.info('orders asked for', { user: params.id });
  const reply = await orders.get<object>(`/users/${encodeURIComponent(params.id ?? '')}/orders`);
  return json(reply.degraded ? { ...reply.data, degraded: true } : reply.data, { status: reply.statusCode });
});

service.addHandler<{ userId?: string; items?: string[] }>('POST /orders', async ({ body, json, log }) => {
  log.info('order asked for');
  const reply = await orders.post('/orders', { ...body, discountPercent: settings.discountPercent });
  return json(reply.data, { status: reply.statusCode });
});

service.addHandler('GET /', async () => ({ banner: settings.banner, discountPercent: settings.discountPercent }));

/** The seed's endpoint that shows the configuration (S90), secrets hidden. */
service.addHandler('GET /config', async () => {
  try {
    const [database, cache] = await Promise.all([config.redacted('database'), config.redacted('cache')]);
    return { database, cache, shop: settings, refused };
  } catch (cause) {
    throw new ServiceError(500, 'Failed to get database config', (cause as Error).message);
  }
});

async function followSettings(): Promise<void> {
  for await (const value of config?.watch('shop', { schema: shopSettings, default: defaultSettings }) ?? []) settings = value;
}

await host.start();
void followSettings();
