import { type RunningServer, startConsulCluster } from '@weft-tooling/servers';
import type { BackendMeans } from './backend-means.js';
import { until } from './until.js';

const MASTER = '11111111-2222-3333-4444-555555555555';
const TOKEN = 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee';
const ACCESSOR = 'aaaaaaaa-0000-0000-0000-eeeeeeeeeeee';
const RULES = ['service', 'key', 'session'].map((kind) => `${kind}_prefix "" { policy = "write" }`);
const READS = ['node', 'agent'].map((kind) => `${kind}_prefix "" { policy = "read" }`);

const READY_MS = 10_000;
const RIGHTS = { AccessorID: ACCESSOR, SecretID: TOKEN, Policies: [{ Name: 'weft' }] };

/** Consul: tokens as accounts, a normal service as a record, its HTTP interface for what the command line lacks. */
export const consulMeans: BackendMeans = {
  driver: 'consul',
  server: 'consul',
  credentials: { token: TOKEN },
  wrongCredentials: { token: 'deadbeef-dead-beef-dead-beefdeadbeef' },
  accountConfig: `acl { enabled = true default_policy = "deny" tokens { master = "${MASTER}" agent = "${MASTER}" } }`,
  startCluster: () => startConsulCluster(3),
  async openAccounts(server) {
    const policy = { Name: 'weft', Rules: [...RULES, ...READS].join('\n') };
    // A server that has just become the leader says at first that its tokens are of the old kind.
    await until('tokens can be made', READY_MS, () => ask(server, 'PUT', '/v1/acl/policy', policy).then(() => true));
    await ask(server, 'PUT', '/v1/acl/token', RIGHTS);
  },
  revoke: (server) => ask(server, 'DELETE', `/v1/acl/token/${ACCESSOR}`),
  restore: (server) => ask(server, 'PUT', '/v1/acl/token', RIGHTS),
  narrow: (server) => ask(server, 'PUT', `/v1/acl/token/${ACCESSOR}`, { ...RIGHTS, Policies: [] }),
  widen: (server) => ask(server, 'PUT', `/v1/acl/token/${ACCESSOR}`, RIGHTS),
  async setConfig(server, key, text) {
    await server.run(['kv', 'put', `-token=${MASTER}`, key, '-'], { input: text });
  },
  async removeConfig(server, key) {
    await server.run(['kv', 'delete', `-token=${MASTER}`, key]);
  },
  async putRecord(server, service, id, text) {
    // A record of ours lives by its lease.
    const lease = { Name: 'weft lease', TTL: '10m', Status: 'passing' };
    const register = (fields: Readonly<Record<string, string>>, Address = '') => {
      const Checks = [{ ...lease, CheckID: `weft-lease:${id}:${fields['weft-incarnation'] ?? ''}` }];
      const Meta = { weft: '1', ...fields };
      return ask(server, 'PUT', '/v1/agent/service/register', { ID: id, Name: service, Address, Meta, Checks });
    };
    // What Consul does not take (too long, no text) stands there as a record whose endpoints are none.
    const unreadable = () => register({ 'weft-endpoints': '?' });
    const record = parseObject(text);
    if (typeof record?.host !== 'string') return unreadable();
    await register(metaOf(record), record.host).catch(unreadable);
  },
};

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** The fields of a record as the driver keeps them in a service's metadata, good or bad. */
function metaOf({
  version,
  incarnation,
  status,
  weight,
  endpoints,
  metadata,
}: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const places = Array.isArray(endpoints) ? endpoints.map(({ protocol, port }) => `${protocol}:${JSON.stringify(port)}`) : ['?'];
  const fields = { version, incarnation, status, weight, endpoints: places.join(',') };
  const own = Object.entries(fields).map(([name, value]) => [`weft-${name}`, String(value)] as const);
  return Object.fromEntries([...Object.entries(metadata ?? {}), ...own]);
}

/** One request as the administrator. @throws when it is not answered by 2xx within 10 s */
async function ask(server: RunningServer, method: string, path: string, body?: unknown): Promise<void> {
  const response = await fetch(`http://${server.address}${path}`, {
    method,
    headers: { 'x-consul-token': MASTER },
    signal: AbortSignal.timeout(10_000),
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`consul: ${method} ${path} answers ${response.status} ${text}`);
}
