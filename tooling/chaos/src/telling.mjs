// The process of R80: a service, its caller, registries and a config center that are given secrets; it writes everything down
// that they say about themselves, in all the ways in which a program would write it down.
import { createServer } from 'node:net';
import { inspect } from 'node:util';
import { run } from '@weft/cli';
import { createConfigClient, createHost, createRegistry } from '@weft/host';
import { requestLog } from '@weft/middleware';
import { SECRETS } from './secrets.mjs';

const { authorization, cookie, registryPassword, userinfo, queryToken, configPassword } = SECRETS;
const from = import.meta.url;
const headers = { authorization, cookie };
const DEAD = '127.0.0.1:1';

/** An error shows its causes, and what else hangs on it. */
function tell(what, value) {
  console.log(`== ${what}`);
  console.log(inspect(value, { depth: 12, maxStringLength: null, maxArrayLength: null }));
  if (value instanceof Error) console.log(String(value), JSON.stringify(value), value.stack);
  else console.log(JSON.stringify(value));
}

const failureOf = (promise) =>
  promise.then(
    (value) => value,
    (error) => error,
  );

const path = (route) => `${route}?token=${queryToken}`;

async function tellOfCalls(host, port) {
  const users = host.client('users');
  const tried = {
    'an answer': () => users.get(path('/users/7'), { headers }),
    'a panic': () => users.get(path('/throws'), { headers, throwOnStatus: true, retries: 1 }),
    'a time that is up': () => users.get(path('/slow'), { headers, timeout: '100ms', retries: 0 }),
    'a route that is none': () => users.get(path('/none'), { headers }),
    'a service that is none': () => host.client('nobody').get(path('/users/7'), { headers, timeout: '100ms' }),
    'a service that is gone': () => host.client('gone').get(path('/users/7'), { headers, timeout: '500ms' }),
    'an address for a path': () => users.get(`http://user:${userinfo}@127.0.0.1:${port}${path('/users/7')}`, { headers }),
    'a header that is none': () => users.get('/users/7', { headers: { authorization: `${authorization}\r\nx: y` } }),
    'a cookie that is none': () => users.get('/users/7', { headers: { cookie: `${cookie}\n` } }),
  };
  for (const [what, call] of Object.entries(tried)) {
    const ended = await failureOf(call());
    tell(what, ended instanceof Error ? ended : { status: ended.statusCode, headers: ended.headers, attempts: ended.attempts });
    tell(`${what}, explained`, await failureOf((async () => host.explain(ended))()));
  }
}

async function tellOfAnswers(port) {
  for (const route of ['/throws', '/health', '/none'])
    tell(`the answer at ${route}`, await (await fetch(`http://127.0.0.1:${port}${path(route)}`, { headers })).text());
}

/** A service on the file registry, and calls of it: spans on standard output, log lines there too. */
async function tellOfHost() {
  const host = await createHost(
    {
      service: { name: 'users', drain: { propagation: 0 }, healthCheck: { interval: '1h' } },
      registry: { driver: 'file', path: '.weft' },
      client: { circuitBreaker: false },
      tracing: { reporter: { type: 'console' } },
      metrics: { driver: 'otel', prometheus: { port: 0 } },
      logging: { level: 'debug' },
    },
    { from, signals: false },
  );
  const { service } = host;
  const arrived = new Set();
  service.use(requestLog());
  service.addHandler('GET /users/:id', ({ headers: sent, path, query, log, span }) => {
    for (const name of ['authorization', 'cookie']) if (sent[name] === headers[name]) arrived.add(name);
    if (query.token === queryToken) arrived.add('token');
    log.info('a request came', { path, headers: sent, query });
    log.debug(`GET ${path} with authorization: ${sent.authorization}`);
    span.setTag('seen', true);
    return { ok: true };
  });
  service.addHandler('GET /throws', ({ headers: sent, path }) => {
    const request = { url: path, headers: sent, auth: { username: 'me', password: configPassword } };
    const cause = new Error(`no answer of redis://user:${userinfo}@cache:6379`);
    throw Object.assign(new Error(`cannot read ${path}`, { cause }), { request });
  });
  service.addHandler('GET /slow', () => new Promise((resolve) => setTimeout(resolve, 500)));
  await host.start();
  await host.registry.register({ name: 'gone', host: '127.0.0.1', port: 1 });
  await tellOfCalls(host, service.port);
  service.setHealthCheck({ database: () => Promise.reject(new Error(`refused: postgres://user:${userinfo}@db:5432/users`)) });
  await tellOfAnswers(service.port);
  tell('the host', host.describe());
  tell('the metrics', await (await fetch(host.metrics.url)).text());
  await host.stop();
  console.log(`arrived: ${[...arrived].sort()}`);
}

/** Registries that cannot be had, because nobody is there or the password is wrong. */
async function tellOfRegistries() {
  const refusing = createServer((socket) => {
    socket
      .on('data', () => socket.write('-WRONGPASS invalid username-password pair or user is disabled.\r\n'))
      .on('error', () => {});
  });
  await new Promise((resolve) => refusing.listen(0, '127.0.0.1', resolve));
  const wrong = `127.0.0.1:${refusing.address().port}`;
  const blocks = [
    { driver: 'redis', address: DEAD, username: 'me', password: registryPassword },
    { driver: 'redis', address: wrong, username: 'me', password: registryPassword },
    { driver: 'redis', address: `redis://user:${userinfo}@${DEAD}` },
    { driver: 'redis', address: `redis://user:${userinfo}@${wrong}` },
    { driver: 'etcd', address: DEAD, username: 'me', password: registryPassword },
    { driver: 'consul', address: DEAD, token: registryPassword },
    { driver: 'consul', address: `http://user:${userinfo}@${DEAD}` },
    { driver: 'redis', address: `redis://user:${userinfo}@${DEAD}`, pasword: registryPassword },
    { driver: 'redis', address: `redis:/user:${userinfo}@${DEAD}` },
    { driver: 'redis', password: [registryPassword] },
  ];
  for (const block of blocks) {
    const shown = `${block.driver} at ${block.address === wrong ? 'one that refuses' : 'one that is gone'}`;
    const opened = await failureOf(createRegistry({ timeout: '200ms', ...block }, { from }));
    if (opened instanceof Error) {
      tell(shown, opened);
      continue;
    }
    tell(`${shown}, asked`, await failureOf(opened.getService('users')));
    tell(`${shown}, told`, await failureOf(opened.register({ name: 'users', host: '127.0.0.1', port: 1 })));
    await opened.close();
  }
  const collector = { type: 'otlp', url: `http://user:${userinfo}@${DEAD}?token=${queryToken}`, headers: { authorization } };
  for (const type of ['otlp', 'jaeger', 'zipkin', 'zipkn']) {
    const config = { registry: 'file', tracing: { reporter: { ...collector, type } }, logging: { level: 'debug' } };
    const host = await failureOf(createHost(config, { from, signals: false }));
    tell(`a collector of ${type}`, host instanceof Error ? host : host.describe());
    if (host instanceof Error) continue;
    await host.start();
    host.tracer.startSpan('work').finish();
    await host.stop();
  }
  refusing.close();
}

/** A schema that quotes what it refuses, as some do. */
const quoting = {
  '~standard': { version: 1, vendor: 'test', validate: (value) => ({ issues: [{ message: `not ${JSON.stringify(value)}` }] }) },
};

async function tellOfConfig() {
  const config = await createConfigClient({ driver: 'memory', secrets: ['*.pin'] }, { from });
  config.on('rejected', (event) => tell(`${event.key} rejected`, event));
  await config.set('db_password', configPassword);
  await config.set('database', { host: 'db', password: configPassword, pool: { pin: configPassword } });
  for (const key of ['db_password', 'database']) {
    tell(`${key} without its secrets`, await config.redacted(key));
    tell(`${key} refused`, await failureOf(config.get(key, quoting)));
  }
  await config.close();
}

/** The command line, on a good config and on one with a mistake in it. */
async function tellOfTool() {
  const call = [
    'users',
    'GET',
    `/users/7?token=${queryToken}`,
    '--header',
    `authorization: ${authorization}`,
    '--timeout',
    '300ms',
  ];
  const lines = [['check'], ['services'], ['explain', ...call], ['explain', ...call, '--json'], ['call', ...call]];
  for (const config of ['weft.config.json', 'mistaken.json']) {
    for (const line of lines) {
      console.log(`== weft ${line[0]} --config ${config}`);
      await run([...line, '--config', config]);
    }
  }
}

await tellOfHost();
await tellOfRegistries();
await tellOfConfig();
await tellOfTool();
