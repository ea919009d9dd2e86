// A caller that closes its client while calls are in flight, and has nothing else to do then.
import { createClient } from '@weft/host';

const { REGISTRY = '{}', CALLS = '50', TIMEOUT = '30s' } = process.env;
const client = await createClient({ serviceName: 'things', registry: JSON.parse(REGISTRY) });
// One signal for all, as a handler's calls have: each call listens to it.
const { signal } = new AbortController();
const calls = Array.from({ length: Number(CALLS) }, () => client.get('/things/7', { signal, timeout: TIMEOUT, retries: 0 }));
const ended = Promise.allSettled(calls);
const closedAt = performance.now();
await client.close();
const closeMs = performance.now() - closedAt;
const outcomes = (await ended).map(({ value, reason }) => value?.statusCode ?? reason.code);
const refused = await client.get('/things/7').catch(({ code }) => code);
console.log(JSON.stringify({ closeMs, outcomes, refused }));
