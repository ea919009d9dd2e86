import { type Clock, type Timer, WeftError } from '@weft/core';
import type { ServiceDescription } from '@weft/registry';
import type { ServiceRegistration, ServiceRegistry } from './service-registry.js';

/** How long a service waits for its record to be gone, in ms. */
export const WITHDRAW_MS = 2_000;

/** A service's place in the registry: there or not, never twice. */
export class Registrar {
  readonly #registry: ServiceRegistry | undefined;
  readonly #clock: Clock;
  #registration: ServiceRegistration | undefined;

  constructor(registry: ServiceRegistry | undefined, clock: Clock) {
    this.#registry = registry;
    this.#clock = clock;
  }

  /** Whether there is a registry at all. */
  get hasRegistry(): boolean {
    return this.#registry !== undefined;
  }

  get isRegistered(): boolean {
    return this.#registration?.isRegistered ?? false;
  }

  /** How long callers may go on calling after the record is gone, in ms. */
  get propagationMs(): number {
    return this.#registry?.propagationMs ?? 0;
  }

  /** Keeps the service registered from now on, in the background. Harmless without a registry and when it is kept already. */
  announce(service: ServiceDescription): void {
    this.#registration ??= this.#registry?.announce(service);
  }

  /** Publishes a change of the record, when there is one. */
  update(change: Partial<ServiceDescription>): void {
    this.#registration?.update(change);
  }

  /** Resolves once the registry holds the record. @throws WEFT_REGISTRY_UNAVAILABLE after `timeoutMs` @throws WEFT_CONFLICT when another holds the id */
  async registered(timeoutMs: number): Promise<void> {
    const { registered } = this.#registration ?? {};
    let timer: Timer | undefined;
    const late = new Promise<never>((_, reject) => {
      const message = `the registry did not take the service within ${timeoutMs} ms`;
      timer = this.#clock.setTimer(timeoutMs, () => reject(new WeftError('WEFT_REGISTRY_UNAVAILABLE', message)));
    });
    await Promise.race([registered, late]).finally(() => timer?.cancel());
  }

  /** Takes the record away; gives up after 2 s. Never rejects. */
  async withdraw(): Promise<void> {
    const registration = this.#registration;
    this.#registration = undefined;
    await registration?.withdraw({ timeoutMs: WITHDRAW_MS });
  }
}
