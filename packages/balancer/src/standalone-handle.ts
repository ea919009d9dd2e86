import type { InstanceHandle, ServiceInstance } from '@weft/core';

/** What `select` needs of an instance; a `ServiceInstance` is one, and so is `{ id: 'a' }`. */
export interface Selectable {
  /** Tells it from the others in its list. */
  readonly id: string;
}

/** What strategies may read of an instance that is not a whole record. */
interface Described extends Selectable {
  readonly weight?: unknown;
  readonly version?: unknown;
  readonly zone?: unknown;
  readonly tags?: unknown;
  readonly metadata?: unknown;
}

/** A handle for something that may have an id and nothing else. */
export class StandaloneHandle implements InstanceHandle {
  readonly id: string;
  #instance: ServiceInstance;

  constructor(source: Described) {
    this.id = source.id;
    this.#instance = recordOf(source);
  }

  /** A record with what `source` says of itself, and nothing that could be called. */
  get instance(): ServiceInstance {
    return this.#instance;
  }

  /** Takes what `source` says now; false when that is nothing new. */
  accept(source: Described): boolean {
    if (isToldBy(source, this.#instance)) return false;
    this.#instance = recordOf(source);
    return true;
  }
}

function recordOf(source: Described): ServiceInstance {
  const zone = textOf(source.zone);
  return {
    id: source.id,
    name: '',
    version: textOf(source.version),
    host: '',
    endpoints: [{ protocol: 'http', port: 0 }],
    status: 'up',
    incarnation: '',
    weight: weightOf(source),
    ...(zone !== '' && { zone }),
    tags: listOf(source.tags).map(String),
    metadata: Object.fromEntries(Object.entries(blockOf(source.metadata)).map(([key, value]) => [key, String(value)])),
  };
}

/** Whether a record says what `source` says now. Compared in place: this is asked of every instance at each `select`. */
function isToldBy(source: Described, { weight, version, zone = '', tags, metadata }: ServiceInstance): boolean {
  const toldTags = listOf(source.tags);
  return (
    weight === weightOf(source) &&
    version === textOf(source.version) &&
    zone === textOf(source.zone) &&
    tags.length === toldTags.length &&
    tags.every((tag, at) => tag === String(toldTags[at])) &&
    isSameBlock(metadata, blockOf(source.metadata))
  );
}

function isSameBlock(known: Readonly<Record<string, string>>, told: Readonly<Record<string, unknown>>): boolean {
  let keys = 0;
  for (const key in told) {
    if (known[key] !== String(told[key])) return false;
    keys++;
  }
  return keys === Object.keys(known).length;
}

function weightOf({ weight }: Described): number {
  return typeof weight === 'number' && !Number.isNaN(weight) ? weight : 1;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function blockOf(value: unknown): Readonly<Record<string, unknown>> {
  return isBlock(value) ? value : {};
}

function isBlock(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
