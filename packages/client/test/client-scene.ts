import {
  fixedRegistry,
  instanceRecord,
  type Script,
  scriptedTransport,
  seededRandom,
  type VirtualClock,
  virtualClock,
} from '@weft/conformance';
import type { Reply, ServiceInstance } from '@weft/core';
import { Registry } from '@weft/registry';
import { Client } from '../src/client.js';
import type { ClientOptions } from '../src/options.js';

/** Longer than a client that closes waits for its calls, in ms. */
const DRAINED_MS = 21_000;

/** For tests: a client of `users` over a scripted transport, a registry that a test sets, and a clock that it moves. */
export async function clientScene(
  script: Script,
  { clock = virtualClock(), ...options }: Partial<Omit<ClientOptions, 'clock'>> & { readonly clock?: VirtualClock } = {},
  instances: readonly (string | ServiceInstance)[] = ['users-1'],
) {
  const random = seededRandom(7);
  const driver = fixedRegistry(instances.map((one) => (typeof one === 'string' ? instanceRecord(one) : one)));
  const registry = new Registry(driver, { clock, random });
  const transport = scriptedTransport(script);
  const client = new Client({ serviceName: 'users', registry, transport, clock, random, ...options });
  await clock.advance(0);
  const close = async () => {
    await client.close();
    await registry.close();
  };
  /** Closes, and gives calls that are under way the time that they have then. */
  const drain = async () => {
    const closed = close();
    await clock.advance(DRAINED_MS);
    await closed;
  };
  /** Lets time pass until the promise is settled. */
  const finish = async <T>(promise: Promise<T>, stepMs = 5): Promise<T> => {
    let isDone = false;
    const done = () => {
      isDone = true;
    };
    promise.then(done, done);
    for (let n = 0; n < 20_000 && !isDone; n++) await clock.advance(stepMs);
    return promise;
  };
  return { clock, driver, registry, transport, client, close, drain, finish };
}

/** An answer that takes `ms` of virtual time. */
export function answerIn(clock: VirtualClock, ms: number, reply: Partial<Reply> = {}): Promise<Partial<Reply>> {
  return new Promise((resolve) => void clock.setTimer(ms, () => resolve(reply)));
}

/** An answer with a JSON body. */
export function json(value: unknown, status = 200): Partial<Reply> {
  return { status, headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify(value)) };
}

/** What a call fails with; undefined when it does not. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
    return undefined;
  } catch (error) {
    return error;
  }
}

/** The value of a header that was sent; undefined when it was not. */
export function sentHeader({ headers }: { readonly headers: readonly string[] }, name: string): string | undefined {
  for (let at = 0; at < headers.length; at += 2) if (headers[at] === name) return headers[at + 1];
  return undefined;
}
