import { type VirtualClock, virtualClock } from '@weft/conformance';
import type { Clock, Reply } from '@weft/core';
import { openMemoryTransport } from '@weft/transport-memory';
import { Service } from '../src/service.js';
import type { ServiceOptions } from '../src/service-options.js';
import type { ServiceParts } from '../src/service-parts.js';

/** How to ask. */
export interface Asking {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What came back. */
export interface Told {
  readonly status: number;
  readonly headers: Reply['headers'];
  readonly text: string;
}

/** A service that answers in this process, on a clock that stands still. */
export interface MemoryScene {
  readonly service: Service;
  readonly clock: VirtualClock;
  ask(method: string, path: string, asking?: Asking): Promise<Told>;
  /** Asks, and gives what hangs up. */
  askFor(method: string, path: string, asking?: Asking): { told: Promise<Told>; hangUp(): void };
  close(): Promise<void>;
}

const opened = { count: 0 };

/** Starts a service over a memory transport of its own. */
export async function openScene(
  build: (service: Service, clock: Clock) => void,
  options: Partial<ServiceOptions & ServiceParts> = {},
  clock = virtualClock(),
): Promise<MemoryScene> {
  const { client, server } = openMemoryTransport({ address: `scene-${process.pid}-${opened.count++}`, clock });
  const service = new Service({ name: 'scene', http: false, transports: [server], clock, ...options });
  build(service, clock);
  await service.start();
  const endpoint = { protocol: 'memory', port: service.port };
  const instance = { id: service.id, name: 'scene', version: '1', host: 'memory', endpoints: [endpoint] as const };
  const record = { ...instance, status: 'up' as const, incarnation: '1', weight: 1, tags: [], metadata: {} };
  const askFor = (method: string, path: string, { headers = {}, body }: Asking = {}) => {
    const attempt: Parameters<typeof client.send>[0] = {
      ...{ instance: record, endpoint, method, path, stream: false },
      headers: Object.entries(headers).flat(),
      ...(body !== undefined && { body }),
    };
    const told = client.send(attempt).then(toTold);
    return { told, hangUp: () => attempt.abort?.(new Error('hung up')) };
  };
  return {
    service,
    clock,
    ask: (method, path, asking) => askFor(method, path, asking).told,
    askFor,
    close: () => service.stop({ immediate: true }),
  };
}

function toTold({ status, headers, body }: Reply): Told {
  return { status, headers, text: body instanceof Uint8Array ? Buffer.from(body).toString() : '' };
}
