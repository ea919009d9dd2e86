import { createSecureContext } from 'node:tls';
import {
  invalidOption,
  messageOf,
  noopLogger,
  parsePositiveDuration,
  readTlsFiles,
  type ServerAddress,
  systemClock,
  systemRandom,
  type TlsFiles,
  type TlsMaterial,
  WeftError,
} from '@weft/core';
import { AgentPool } from './agent-pool.js';
import { ConsulAgent } from './consul-agent.js';
import { ConsulBackend } from './consul-backend.js';
import { type ConsulOptions, type ConsulSurroundings, parseAgents } from './consul-options.js';

const OPEN_MS = 3_000;

/**
 * Connects to a Consul cluster. One that cannot be reached yet is no failure: operations reject until it can.
 * @throws WEFT_CONFIG_INVALID for an option that is not usable, a TLS file that cannot be read included
 * @throws WEFT_UNAUTHENTICATED for a token that Consul does not know, and for a certificate that is not trusted
 */
export async function openConsul(options: ConsulOptions = {}, surroundings: ConsulSurroundings = {}): Promise<ConsulBackend> {
  const { path = 'consul', folder = process.cwd(), signal = new AbortController().signal } = surroundings;
  const { clock = systemClock, random = systemRandom, logger = noopLogger } = surroundings;
  const { token, datacenter, namespace } = options;
  const { addresses, files, isSecure } = parseAgents(options, path);
  const timeoutMs = parsePositiveDuration(options.timeout ?? '10s', `${path}.timeout`);
  const readTls = isSecure ? () => readUsableTls(files, { folder, path: `${path}.tls` }) : undefined;
  await readTls?.();
  const settings = {
    headers: token === undefined ? {} : { 'x-consul-token': token },
    scope: { ...(datacenter !== undefined && { dc: datacenter }), ...(namespace !== undefined && { ns: namespace }) },
    readTls,
    clock,
  };
  const [first, ...others] = addresses;
  const connect = (address: ServerAddress) => new ConsulAgent(address, settings);
  const agents = new AgentPool({ agents: [connect(first), ...others.map(connect)], clock, logger });
  const backend = new ConsulBackend({ agents, timeoutMs, clock, random });
  try {
    await greet(backend, { hasToken: token !== undefined, timeoutMs: Math.min(timeoutMs, OPEN_MS), signal });
  } catch (error) {
    if (!isFatal(error)) return backend;
    await backend.close();
    if (error.code !== 'WEFT_INVALID_ARGUMENT') throw error;
    const isNamespace = namespace !== undefined && /namespace/i.test(messageOf(error));
    throw invalidOption(`${path}.${isNamespace ? 'namespace' : 'address'}`, messageOf(error));
  }
  return backend;
}

/** Certificates that OpenSSL cannot read, and a key of another certificate, are the fault of the files and not of a server. */
async function readUsableTls(files: TlsFiles, where: { readonly folder: string; readonly path: string }): Promise<TlsMaterial> {
  const { serverName, ...material } = await readTlsFiles(files, where);
  try {
    createSecureContext(material);
  } catch (error) {
    throw invalidOption(where.path, `cannot be used: ${messageOf(error)}`);
  }
  return { ...material, ...(serverName !== undefined && { serverName }) };
}

/** Asks for what is wrong with the options and stays wrong. */
async function greet(
  backend: ConsulBackend,
  { hasToken, timeoutMs, signal }: { readonly hasToken: boolean; readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<void> {
  const path = hasToken ? ['acl', 'token', 'self'] : ['health', 'service', 'consul'];
  // 401: this Consul has no ACL, and does not look at tokens.
  await backend.request({ what: 'connecting', path, query: { stale: '' }, accept: [401], signal, timeoutMs });
}

function isFatal(error: unknown): error is WeftError {
  return error instanceof WeftError && error.code !== 'WEFT_REGISTRY_UNAVAILABLE' && error.code !== 'WEFT_CANCELLED';
}
