import { isVersionOf } from '@weft/balancer';
import {
  type Attempt,
  type Clock,
  type Endpoint,
  IDEMPOTENCY_HEADER,
  MIRROR_HEADER,
  type Random,
  type Reply,
  type ServiceInstance,
  TIMEOUT_HEADER,
  WeftError,
} from '@weft/core';
import type { ServiceView } from '@weft/registry';
import type { DeadlineWheel } from '@weft/resilience';
import type { MirrorPolicy } from './policy.js';

/** Copies that may be under way at once: their budget. What comes beyond is not copied. */
const MOST_AT_ONCE = 32;
/** By when a copy is ended, in ms. */
const TIME_MS = 10_000;

/** What is copied of a call. */
type Copyable = Pick<Attempt, 'method' | 'path' | 'body' | 'operation'> & {
  readonly headers: readonly string[];
  readonly consumesBody: boolean;
};

/** The service that copies go to, as far as they need it. */
interface ShadowTarget {
  readonly clock: Clock;
  readonly random: Random;
  readonly wheel: DeadlineWheel;
  readonly view: ServiceView;
  endpointOf(instance: ServiceInstance): Endpoint;
  transmit(attempt: Attempt): Promise<Reply>;
}

/** Sends copies of calls to a shadow version. Nobody waits for them, and nothing that becomes of them is told to anybody. */
export class Shadow {
  readonly #target: ShadowTarget;
  readonly #underWay = new Set<Attempt>();
  #turn = 0;

  constructor(target: ShadowTarget) {
    this.#target = target;
  }

  /** Copies of this client that are under way. */
  get underWay(): number {
    return this.#underWay.size;
  }

  /** Sends a copy of an answered call, when it is its turn and there is somebody to send it to. Never throws. */
  copy(call: Copyable, { version, ratio }: Required<MirrorPolicy>): void {
    if (call.consumesBody || this.#underWay.size >= MOST_AT_ONCE || (ratio < 1 && this.#target.random() >= ratio)) return;
    const instances = this.#target.view.instances.filter((one) => one.status === 'up' && isVersionOf(one.version, version));
    const instance = instances[this.#turn++ % instances.length];
    if (instance) void this.#send(call, instance);
  }

  /** Ends the copies that are under way. */
  close(): void {
    for (const copy of this.#underWay) copy.abort?.(new WeftError('WEFT_CLOSED', 'the client was closed'));
  }

  async #send(call: Copyable, instance: ServiceInstance): Promise<void> {
    const { wheel, clock } = this.#target;
    let copy: Attempt | undefined;
    const late = { expire: () => copy?.abort?.(new WeftError('WEFT_DEADLINE_EXCEEDED', 'a copy took too long')) };
    const entry = wheel.arm(clock.now() + TIME_MS, late);
    try {
      copy = copyOf(call, instance, this.#target.endpointOf(instance));
      this.#underWay.add(copy);
      await this.#target.transmit(copy);
    } catch {
      // Whoever watches the shadow version sees it there.
    } finally {
      wheel.disarm(entry);
      if (copy) this.#underWay.delete(copy);
    }
  }
}

function copyOf(call: Copyable, instance: ServiceInstance, endpoint: Attempt['endpoint']): Attempt {
  const { method, path, body, operation } = call;
  const headers: string[] = [MIRROR_HEADER, '1', TIMEOUT_HEADER, String(TIME_MS)];
  for (let at = 0; at < call.headers.length; at += 2) {
    // It is an effect of its own: the key of the real one must not answer for it.
    if (call.headers[at] !== IDEMPOTENCY_HEADER) headers.push(call.headers[at] ?? '', call.headers[at + 1] ?? '');
  }
  return { instance, endpoint, method, path, headers, body, operation, stream: false };
}
