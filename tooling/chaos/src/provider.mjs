// One provider process of the scenarios: a host with a service. Told by the environment what to be.
import { epochMs } from '@weft/core';
import { createHost } from '@weft/host';

const { REGISTRY = '{}', NAME = 'things', ID, DELAY_MS = '20', REQUIRE_REGISTRATION } = process.env;
const host = await createHost({
  service: { name: NAME, id: ID, host: '127.0.0.1', requireRegistration: REQUIRE_REGISTRATION === 'yes' },
  registry: JSON.parse(REGISTRY),
  logging: { level: 'warn' },
});
const { service, registry } = host;
const work = () => new Promise((resolve) => setTimeout(resolve, Number(DELAY_MS)));
const told = [];
for (const event of ['lost', 'restored', 'conflict'])
  registry.on(`registration.${event}`, () => told.push({ event, at: epochMs() }));

service.addHandler('GET /things/:id', async ({ params }) => {
  await work();
  return { id: params.id, by: ID };
});
service.addHandler('POST /things', async ({ body, json }) => {
  await work();
  return json({ by: ID, echo: body }, { status: 201 });
});
service.addHandler('GET /registration', () => ({ isRegistered: service.isRegistered(), told }));
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
