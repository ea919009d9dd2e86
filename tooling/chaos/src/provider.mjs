// One provider process of the scenarios: a service on the file registry. Told by the environment what to be.

import { Registry } from '@weft/registry';
import { openFileRegistry } from '@weft/registry-file';
import { Service } from '@weft/service';

const { WEFT_DIR, NAME = 'things', ID, DELAY_MS = '20', TTL = '3s' } = process.env;
const registry = new Registry(await openFileRegistry({ path: WEFT_DIR }), { ttl: TTL });
const service = new Service({ name: NAME, id: ID, registry });
const work = () => new Promise((resolve) => setTimeout(resolve, Number(DELAY_MS)));

service.addHandler('GET /things/:id', async ({ params }) => {
  await work();
  return { id: params.id, by: ID };
});
service.addHandler('POST /things', async ({ body, json }) => {
  await work();
  return json({ by: ID, echo: body }, { status: 201 });
});
service.addHandler('GET /throws', () => {
  throw new Error('secret detail');
});
service.addHandler('GET /rejects', () => Promise.reject(new Error('secret detail')));
service.addHandler('GET /unhandled', () => {
  Promise.reject(new Error('secret detail'));
  throw new Error('secret detail');
});

for (const signal of ['SIGTERM', 'SIGINT']) {
  process.once(signal, async () => {
    await service.stop();
    await registry.close();
    process.exit(0);
  });
}
process.on('unhandledRejection', () => {});
await service.start();
console.log(JSON.stringify({ ready: true, port: service.port }));
