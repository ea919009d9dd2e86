import type { Registry, ServiceInfo } from '@weft/registry';
import type { CallOptions } from './call-options.js';
import type { Client } from './client.js';
import type { Response } from './response.js';

/** An instance that was found, and a way to call its service: each call picks anew (S31). */
export interface ServiceHandle extends ServiceInfo {
  /** Calls the service. @throws as `Client.call` */
  call<T = unknown>(method: string, path: string, body?: unknown, options?: CallOptions): Promise<Response<T>>;
  /** All healthy instances now. */
  instances(): Promise<readonly ServiceInfo[]>;
}

/** What a discovery is made of; both stay the caller's. */
export interface ServiceDiscoveryOptions {
  readonly registry: Registry;
  readonly client: Client;
}

/** Finds services, and hands them over callable. */
export class ServiceDiscovery {
  readonly #registry: Registry;
  readonly #client: Client;

  constructor({ registry, client }: ServiceDiscoveryOptions) {
    this.#registry = registry;
    this.#client = client;
  }

  /** All healthy instances of a service; `[]` when there are none. @throws WEFT_REGISTRY_UNAVAILABLE */
  getServices(name: string): Promise<readonly ServiceInfo[]> {
    return this.#registry.getServices(name);
  }

  /** Same as `getServices`. @throws WEFT_REGISTRY_UNAVAILABLE */
  discover(name: string): Promise<readonly ServiceInfo[]> {
    return this.getServices(name);
  }

  /** One healthy instance, another one at each call. @throws WEFT_NO_INSTANCE */
  discoverOne(name: string): Promise<ServiceInfo> {
    return this.#registry.getService(name);
  }

  /** One healthy instance with `call()`. @throws WEFT_NO_INSTANCE */
  async getService(name: string): Promise<ServiceHandle> {
    const info = await this.discoverOne(name);
    const service = this.#client.service(name);
    return {
      ...info,
      call: (method, path, body, options) => service.call(method, path, body, options),
      instances: () => this.getServices(name),
    };
  }

  /** How much is held in memory, and how often it served. */
  getCacheStats(): ReturnType<Registry['getCacheStats']> {
    return this.#registry.getCacheStats();
  }

  /** Forgets what is held, so that the next question goes to the backend. */
  clearCache(): void {
    this.#registry.clearCache();
  }
}
