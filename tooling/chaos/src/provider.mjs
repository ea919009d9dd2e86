// One provider process of the scenarios: a host with a service. Told by the environment what to be.
import { epochMs } from '@weft/core';
import { createHost } from '@weft/host';
import { openEffects } from './effects.mjs';

const {
  REGISTRY = '{}',
  CONFIG = '{}',
  NAME = 'things',
  ID,
  DELAY_MS = '20',
  NEXT,
  REQUIRE_REGISTRATION,
  EFFECTS,
  METRICS,
} = process.env;
const requireRegistration = REQUIRE_REGISTRATION === 'yes';
const { service: own, ...config } = JSON.parse(CONFIG);
const host = await createHost({
  service: { name: NAME, id: ID, host: '127.0.0.1', requireRegistration, ...own },
  registry: JSON.parse(REGISTRY),
  logging: { level: 'warn' },
  ...(METRICS === 'yes' && { metrics: { driver: 'otel', prometheus: { port: 0 } } }),
  ...config,
});
const { service, registry } = host;
const behaviour = { delayMs: Number(DELAY_MS), status: undefined };
const work = () => new Promise((resolve) => setTimeout(resolve, behaviour.delayMs));
const told = [];
for (const event of ['lost', 'restored', 'conflict'])
  registry.on(`registration.${event}`, () => told.push({ event, at: epochMs() }));

const seen = { GET: 0, POST: 0 };
service.addHandler('GET /things/:id', async ({ params, json }) => {
  seen.GET++;
  await work();
  return json({ id: params.id, by: ID }, { status: behaviour.status ?? 200 });
});
service.addHandler('POST /things', async ({ body, json }) => {
  seen.POST++;
  await work();
  return json({ by: ID, echo: body }, { status: behaviour.status ?? 201 });
});

// An order has one effect. That it is being carried out is said first, on a pipe, from which nothing said is lost.
const enter = EFFECTS === undefined ? () => {} : openEffects(EFFECTS);
service.addHandler('POST /orders/:number', async ({ params, idempotencyKey, json }) => {
  await work();
  console.log(`order ${params.number} is carried out`);
  await enter(idempotencyKey, params.number);
  return json({ by: ID }, { status: 201 });
});
service.addHandler('GET /registration', () => ({ isRegistered: service.isRegistered(), told }));

// How it behaves from now on, and what it has seen since it was told so.
service.addHandler('PUT /behaviour', ({ body }) => {
  Object.assign(behaviour, { delayMs: Number(DELAY_MS), status: undefined }, body);
  Object.assign(seen, { GET: 0, POST: 0 });
});
service.addHandler('GET /seen', () => seen);
service.addHandler('POST /block/:ms', ({ params }) => {
  const until = performance.now() + Number(params.ms);
  while (performance.now() < until);
});

service.addHandler('/never', () => {
  console.log('{"never":"begun"}');
  return new Promise(() => {});
});
// Keeps so many MB of the heap for a while, in one piece or in many.
const hoard = {
  large: (mb) => new Array(mb * 131_072).fill(0),
  small: (mb) => Array.from({ length: mb * 10_000 }, (_, index) => ({ index, name: `thing ${index}` })),
};
service.addHandler('GET /hoard/:size/:mb', async ({ params }) => {
  const kept = hoard[params.size](Number(params.mb));
  await work();
  return { by: ID, kept: kept.length };
});

// A way through several services: what the caller said it waits, and when it was over here or gone there.
const visits = [];
service.addHandler('GET /chain', async ({ headers, signal }) => {
  const visit = { header: Number(headers['x-request-timeout-ms']), overAt: undefined };
  visits.push(visit);
  const over = () => {
    visit.overAt ??= epochMs();
  };
  signal.addEventListener('abort', over);
  try {
    if (NEXT) return { by: ID, next: (await host.client(NEXT).get('/chain')).data };
    await work();
    return { by: ID };
  } finally {
    over();
  }
});
service.addHandler('GET /visits', () => visits);

service.addHandler('GET /throws', () => {
  throw new Error('secret detail');
});
service.addHandler('GET /rejects', () => Promise.reject(new Error('secret detail')));
service.addHandler('GET /unhandled', () => {
  Promise.reject(new Error('secret detail'));
  throw new Error('secret detail');
});
service.addHandler('POST /crash', () => {
  setTimeout(() => {
    throw new Error('it cannot be, password=planted');
  });
});

console.log('{"starting":true}');
await host.start();
console.log(JSON.stringify({ ready: true, port: service.port, metrics: host.metrics.url }));
