import {
  type Attempt,
  type ClientTransport,
  type Clock,
  type Endpoint,
  type Random,
  type Reply,
  type ServiceInstance,
  WeftError,
} from '@weft/core';
import { InstancePool } from './instance-pool.js';
import type { PoolStats } from './lender.js';
import { assertHttpOptions, type HttpTransportOptions } from './options.js';
import { type HttpSettings, parseSettings } from './settings.js';

const CLOSE_MS = 10_000;
const HOST = /^[\w.:%-]+$/;

/** How the connections to one instance stand. */
export interface InstancePoolStats extends PoolStats {
  /** `http://host:port`. An instance that has left and still finishes calls is told beside the one that took its address. */
  readonly origin: string;
}

/** A client transport that tells of its connections. */
export interface HttpTransport extends ClientTransport {
  /** One entry for each instance that was called and not released: a copy, counted when it is asked for. */
  stats(): readonly InstancePoolStats[];
}

/**
 * The caller's side of HTTP/1.1 over undici: one pool of sockets per instance, no redirects, no retries.
 * @throws WEFT_CONFIG_INVALID telling every option that is wrong
 */
export function openHttpTransport(
  options: HttpTransportOptions & { readonly clock?: Clock; readonly random?: Random } = {},
): HttpTransport {
  const { clock: _, random: __, ...own } = options;
  assertHttpOptions(own);
  return new UndiciTransport(parseSettings(options));
}

class UndiciTransport implements HttpTransport {
  readonly protocols = ['http', 'https'];
  readonly supports = { streaming: true };
  readonly #settings: HttpSettings;
  readonly #pools = new Map<string, InstancePool>();
  readonly #leaving = new Set<InstancePool>();
  /** Spares a call the making of its key. An instance's first endpoint is nearly always the one that is called. */
  readonly #known = new WeakMap<ServiceInstance, { readonly endpoint: Endpoint; readonly pool: InstancePool }>();
  #closing: Promise<void> | undefined;

  constructor(settings: HttpSettings) {
    this.#settings = settings;
  }

  send(attempt: Attempt): Promise<Reply> {
    if (this.#closing) return Promise.reject(closed());
    const known = this.#known.get(attempt.instance);
    if (known && known.endpoint === attempt.endpoint && !known.pool.closed) return known.pool.send(attempt);
    return this.#sendToNew(attempt);
  }

  release(instance: ServiceInstance): void {
    for (const endpoint of instance.endpoints) {
      const origin = originOf(instance, endpoint);
      const pool = this.#pools.get(origin);
      if (!pool) continue;
      this.#pools.delete(origin);
      this.#leaving.add(pool);
      pool.close().finally(() => this.#leaving.delete(pool));
    }
  }

  stats(): InstancePoolStats[] {
    return [...this.#pools.values(), ...this.#leaving].map((pool) => ({ origin: pool.origin, ...pool.stats() }));
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #sendToNew(attempt: Attempt): Promise<Reply> {
    const { instance, endpoint } = attempt;
    if (!HOST.test(instance.host)) {
      throw new WeftError('WEFT_INVALID_ARGUMENT', `${JSON.stringify(instance.host)} is neither a host name nor an IP address`);
    }
    const origin = originOf(instance, endpoint);
    let pool = this.#pools.get(origin);
    if (!pool) {
      pool = new InstancePool(origin, this.#settings);
      this.#pools.set(origin, pool);
    }
    this.#known.set(instance, { endpoint, pool });
    return pool.send(attempt);
  }

  async #close(): Promise<void> {
    const pools = [...this.#pools.values(), ...this.#leaving];
    const timer = this.#settings.clock.setTimer(CLOSE_MS, () => {
      for (const pool of pools) pool.destroy(closed());
    });
    await Promise.all(pools.map((pool) => pool.close()));
    timer.cancel();
  }
}

function originOf({ host }: ServiceInstance, { protocol, port }: Endpoint): string {
  return `${protocol}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function closed(): WeftError {
  return new WeftError('WEFT_CLOSED', 'the HTTP transport is closed');
}
