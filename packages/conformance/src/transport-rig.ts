import assert from 'node:assert/strict';
import {
  type Attempt,
  type ClientTransport,
  type Handler,
  type Inbound,
  type Listening,
  type ListenOptions,
  type Reply,
  type ServerTransport,
  type ServiceInstance,
  systemClock,
  WeftError,
} from '@weft/core';
import { settle } from './virtual-clock.js';

/** Both sides of a wire, freshly opened. */
export interface TransportPair {
  readonly client: ClientTransport;
  readonly server: ServerTransport;
  /** Gives back what neither side's close() does. */
  close?(): Promise<void>;
}

/** A service that listens and a client that can reach it. */
export interface TransportRig {
  readonly client: ClientTransport;
  readonly listening: Listening;
  /** An attempt addressed to the service; GET / unless told otherwise. */
  attempt(part?: Partial<Attempt>): Attempt;
  /** Makes that attempt. */
  send(part?: Partial<Attempt>): Promise<Reply>;
  close(): Promise<void>;
}

/** What a transport may declare that it cannot do. */
export interface TransportSupport {
  /** Bodies in pieces, either way. */
  readonly streaming?: boolean;
  /** Whole answers beyond 10 MiB are refused. */
  readonly responseLimit?: boolean;
}

/** Runs `run` with a service that answers by `handler`, and gives everything back afterwards. */
export type WithRig = (
  handler: Handler<Inbound, Reply>,
  run: (rig: TransportRig) => Promise<void>,
  listen?: Partial<ListenOptions>,
) => Promise<void>;

/** One sentence of the contract. */
export interface TransportCase {
  readonly name: string;
  /** What a transport must support for it. */
  readonly needs?: keyof TransportSupport;
  run(withRig: WithRig): Promise<void>;
}

/** Starts a service with `handler` and a client for it. */
export async function openRig(
  open: () => Promise<TransportPair>,
  endpointProtocol: string | undefined,
  handler: Handler<Inbound, Reply>,
  listen: Partial<ListenOptions> = {},
): Promise<TransportRig> {
  const pair = await open();
  const listening = await pair.server.listen({ host: '127.0.0.1', port: 0, ...listen }, handler);
  const endpoint = { protocol: endpointProtocol ?? listening.endpoint.protocol, port: listening.endpoint.port };
  const instance: ServiceInstance = {
    id: 'suite-1',
    name: 'suite',
    version: '1.0.0',
    host: '127.0.0.1',
    endpoints: [endpoint],
    status: 'up',
    incarnation: '1',
    weight: 1,
    tags: [],
    metadata: {},
  };
  const attempt = (part: Partial<Attempt> = {}): Attempt => {
    return { instance, endpoint, method: 'GET', path: '/', headers: [], stream: false, ...part };
  };
  return {
    client: pair.client,
    listening,
    attempt,
    send: (part) => pair.client.send(attempt(part)),
    async close() {
      await Promise.all([pair.client.close(), listening.close()]);
      await pair.close?.();
    },
  };
}

/** Waits until `condition` holds; fails with `what` after `ms` of real time. */
export async function until(condition: () => boolean, what: string, ms = 5_000): Promise<void> {
  const untilAt = systemClock.now() + ms;
  while (!condition()) {
    assert.ok(systemClock.now() < untilAt, `not within ${ms} ms: ${what}`);
    await settle(1);
  }
}

/** Lets `ms` of real time pass. */
export async function pass(ms: number): Promise<void> {
  const untilAt = systemClock.now() + ms;
  while (systemClock.now() < untilAt) await settle(1);
}

/** A promise that is settled from outside. */
export function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

/** The `WeftError` that `promise` rejects with. */
export async function failureOf(promise: Promise<unknown>): Promise<WeftError> {
  const error = await promise.then(
    (value) => assert.fail(`expected a rejection, got ${JSON.stringify(value)?.slice(0, 200)}`),
    (reason: unknown) => reason,
  );
  if (error instanceof WeftError) return error;
  throw error;
}

/** All bytes of a body, whole or in pieces. */
export async function bytesOf(body: Reply['body']): Promise<Buffer> {
  if (body === undefined) return Buffer.alloc(0);
  if (typeof body === 'string' || body instanceof Uint8Array) return Buffer.from(body);
  const parts: Uint8Array[] = [];
  for await (const part of body) parts.push(part);
  return Buffer.concat(parts);
}
