import { obtainServers, startServer } from '@weft-tooling/servers';

/** @typedef {import('@weft-tooling/servers').RunningServer} RunningServer */
/** @typedef {{ env: Record<string, string> } | { missing: string }} BlockEnvironment */

/** What the end of a package's name says about its server, and where the server's own tools look for its address. */
const backends = /** @type {const} */ ({
  consul: 'CONSUL_HTTP_ADDR',
  etcd: 'ETCD_ENDPOINTS',
  redis: 'REDIS_ADDRESS',
});

/** @typedef {keyof typeof backends} BackendName */

/** The servers that the code of the READMEs runs on: one of each kind, started when the first block wants it. */
export class BlockServers {
  /** @type {Map<BackendName, Promise<RunningServer | { missing: string }>>} */
  #servers = new Map();

  /**
   * @param {string} readme path from the root
   * @returns {Promise<BlockEnvironment>} what its blocks need in their environment, or why they cannot run here
   */
  async environmentOf(readme) {
    const backend = backendOf(readme);
    if (!backend) return { env: {} };
    const started = this.#servers.get(backend) ?? start(backend);
    this.#servers.set(backend, started);
    const server = await started;
    return 'missing' in server ? server : { env: { [backends[backend]]: server.address } };
  }

  /** Ends them all. */
  async stop() {
    for (const started of this.#servers.values()) {
      const server = await started.catch(() => undefined);
      if (server && 'stop' in server) await server.stop();
    }
  }
}

/**
 * @param {string} readme path from the root
 * @returns {BackendName | undefined}
 */
export function backendOf(readme) {
  const [, word] = /^packages\/[^/]+-(\w+)\/README\.md$/.exec(readme) ?? [];
  return word && Object.hasOwn(backends, word) ? /** @type {BackendName} */ (word) : undefined;
}

/** @param {BackendName} backend */
async function start(backend) {
  const found = (await obtainServers([backend])).get(backend);
  if (!found || 'missing' in found) return { missing: found?.missing ?? `no ${backend} here` };
  return startServer(backend);
}
