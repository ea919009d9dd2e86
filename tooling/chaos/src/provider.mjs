// One provider process of the scenarios: a host with a service on the file registry. Told by the environment what to be.
import { createHost } from '@weft/host';

const { WEFT_DIR, NAME = 'things', ID, DELAY_MS = '20', TTL = '3s' } = process.env;
const host = await createHost({
  service: { name: NAME, id: ID },
  registry: { driver: 'file', path: WEFT_DIR, ttl: TTL },
  logging: { level: 'warn' },
});
const { service } = host;
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

await host.start();
console.log(JSON.stringify({ ready: true, port: service.port }));
