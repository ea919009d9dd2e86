import type { InstanceHandle, ServiceInstance } from '@weft/core';

/** What `select` needs of an instance; a `ServiceInstance` is one, and so is `{ id: 'a' }`. */
export interface Selectable {
  /** Tells it from the others in its list. */
  readonly id: string;
}

/** What strategies may read of an instance that is not a whole record. */
interface Weighable {
  readonly weight?: unknown;
  readonly metadata?: { readonly weight?: unknown } | null;
}

/** A handle for something that may have an id and nothing else. */
export class StandaloneHandle implements InstanceHandle {
  readonly id: string;
  /** A record with the weights of `source`, and nothing that could be called. */
  readonly instance: ServiceInstance;
  readonly #weight: unknown;
  readonly #metadataWeight: unknown;

  constructor(source: Selectable & Weighable) {
    this.id = source.id;
    this.#weight = source.weight;
    this.#metadataWeight = source.metadata?.weight;
    this.instance = {
      id: source.id,
      name: '',
      version: '',
      host: '',
      endpoints: [{ protocol: 'http', port: 0 }],
      status: 'up',
      incarnation: '',
      weight: typeof source.weight === 'number' ? source.weight : 1,
      tags: [],
      metadata: source.metadata?.weight === undefined ? {} : { weight: String(source.metadata.weight) },
    };
  }

  /** Whether it still says all that matters of `source`. */
  isOf(source: Selectable & Weighable): boolean {
    return this.id === source.id && this.#weight === source.weight && this.#metadataWeight === source.metadata?.weight;
  }
}
