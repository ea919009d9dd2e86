import { type ConnectionOptions, createSecureContext, type SecureContextOptions } from 'node:tls';
import { invalidOption, messageOf, readTlsFiles, WeftError } from '@weft/core';
import { Cluster, Redis } from 'ioredis';
import { answered } from './answered.js';
import { redisError } from './redis-error.js';
import type { RedisAddress, RedisSettings } from './redis-options.js';
import { tlsRefusal } from './tls-refusal.js';

/** A connection to one server, or to all of a cluster. */
export type RedisClient = Redis | Cluster;

const CONNECT_WITHIN_MS = 3_000;
/** Greeting it, too: a server that takes 3 s for each answer is slow, and not silent. */
const GREET_WITHIN_MS = 5_000;

/**
 * Connects once, and for good: a client whose connection breaks emits `end` and is not used again. What was in flight
 * then rejects and is never sent twice; nothing is queued. The TLS files are read anew.
 * @throws WEFT_UNAUTHENTICATED @throws WEFT_CONFIG_INVALID for TLS that cannot be @throws WEFT_REGISTRY_UNAVAILABLE
 */
export async function openServer(settings: RedisSettings, address: RedisAddress, signal: AbortSignal): Promise<Redis> {
  const redis = new Redis({ ...(await clientOptions(settings)), host: address.host, port: address.port, retryStrategy: null });
  return connected(redis, { settings, address, signal });
}

/** As `openServer`, for all servers of the cluster that any of the addresses belongs to. */
export async function openCluster(settings: RedisSettings, signal: AbortSignal): Promise<Cluster> {
  const [first] = settings.addresses;
  const nodes = settings.addresses.map(({ host, port }) => ({ host, port }));
  const cluster = new Cluster(nodes, {
    lazyConnect: true,
    enableOfflineQueue: false,
    clusterRetryStrategy: null,
    slotsRefreshTimeout: connectWithinMs(settings),
    dnsLookup: (host, callback) => callback(null, host),
    redisOptions: await clientOptions(settings),
  });
  return connected(cluster, { settings, address: first, signal });
}

async function clientOptions(settings: RedisSettings) {
  const tls = await tlsOptions(settings);
  return {
    ...settings.credentials(),
    ...(tls && { tls }),
    disableClientInfo: true,
    lazyConnect: true,
    enableOfflineQueue: false,
    enableReadyCheck: false,
    autoResubscribe: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectTimeout: connectWithinMs(settings),
    disconnectTimeout: 100,
  };
}

async function tlsOptions({ tls, folder, path }: RedisSettings): Promise<ConnectionOptions | undefined> {
  if (!tls) return undefined;
  const { serverName, ...files } = await readTlsFiles(tls, { folder, path: `${path}.tls` });
  assertUsable(files, `${path}.tls`);
  return { ...files, ...(serverName !== undefined && { servername: serverName }) };
}

/** Certificates that OpenSSL cannot read, and a key of another certificate, would show only as a failure to connect. */
function assertUsable(files: SecureContextOptions, path: string): void {
  try {
    createSecureContext(files);
  } catch (error) {
    throw invalidOption(path, `cannot be used: ${messageOf(error)}`);
  }
}

interface Connecting {
  readonly settings: RedisSettings;
  readonly address: RedisAddress;
  readonly signal: AbortSignal;
}

async function connected<Client extends RedisClient>(client: Client, { settings, address, signal }: Connecting): Promise<Client> {
  const what = `redis at ${address.host}:${address.port}: connecting`;
  let cause: unknown;
  // What `connect` rejects with never says more than that the connection was closed.
  client.on('error', (error: unknown) => {
    cause ??= error;
  });
  client.on('node error', (error: unknown) => {
    cause ??= error;
  });
  try {
    await answered(readied(client, settings), {
      what,
      timeoutMs: Math.min(settings.timeoutMs, GREET_WITHIN_MS),
      clock: settings.clock,
      signal,
    });
    return client;
  } catch (error) {
    client.disconnect();
    throw await explained(redisError(cause ?? error, what), settings, address);
  }
}

/** Connects, and goes to the database: the library itself stays in database 0, without a word, when the server refuses that. */
async function readied(client: RedisClient, { db, path }: RedisSettings): Promise<void> {
  await client.connect();
  if (db === 0 || client instanceof Cluster) return;
  try {
    await client.select(db);
  } catch (error) {
    if (!/DB index|cluster mode/i.test(messageOf(error))) throw error;
    const message = `the server has no database ${db}: ${messageOf(error)}`;
    throw new WeftError('WEFT_CONFIG_INVALID', `${path}.db: ${message}`, { problems: [{ path: `${path}.db`, message }] });
  }
}

/** When one side speaks TLS and the other does not, or refuses a certificate, all that shows is silence or a reset. */
async function explained(error: WeftError, settings: RedisSettings, address: RedisAddress): Promise<WeftError> {
  const { code, message, failure, cause } = error;
  const asking = (question: string) => new WeftError(code, `${message} (${question})`, { cause, failure: failure ?? 'reset' });
  if (failure === 'timeout' && settings.tls) return asking('does the server speak TLS?');
  if (failure !== 'reset') return error;
  if (!settings.tls) return asking('does the server want TLS?');
  const refusal = await tlsRefusal(address, (await tlsOptions(settings)) ?? {}, settings.clock);
  const refused = refusal === undefined ? error : redisError(refusal, `redis at ${address.host}:${address.port}: connecting`);
  return refused.failure === undefined ? refused : error;
}

function connectWithinMs({ timeoutMs }: RedisSettings): number {
  return Math.min(timeoutMs, CONNECT_WITHIN_MS);
}
