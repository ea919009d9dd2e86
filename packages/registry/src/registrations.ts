import { WeftError } from '@weft/core';
import { describeInstance } from './describe-instance.js';
import { HeldRegistration, type HeldRegistrationHooks } from './held-registration.js';
import type { RegistryContext } from './registry-context.js';
import type { RemovedRecord } from './removals.js';
import { descriptionOf, instanceKey, type ServiceInfo, type ServiceSource } from './service-info.js';

/** Everything that one `Registry` keeps registered, by service and id. */
export class Registrations {
  private readonly held = new Map<string, HeldRegistration>();
  /** Which record a description without an id became, so that the same object means the same record. */
  private readonly described = new WeakMap<object, ServiceInfo>();

  constructor(
    private readonly context: RegistryContext,
    private readonly hooks: HeldRegistrationHooks,
  ) {}

  /**
   * Keeps a record registered; when its id is held here already, it becomes a change of that, unless that is on its way
   * out. @throws WEFT_INVALID_ARGUMENT
   */
  hold(source: ServiceSource): HeldRegistration {
    const held = this.find(source);
    if (held && !held.isLeaving) {
      held.update(descriptionOf(source));
      return held;
    }
    held?.stop(new WeftError('WEFT_CLOSED', `"${held.info.id}" was registered anew`));
    const info = describeInstance(source, this.context.random);
    const registration = new HeldRegistration(info, this.context, {
      ...this.hooks,
      onEnded: (ended) => {
        if (this.held.get(instanceKey(info)) === ended) this.held.delete(instanceKey(info));
        this.hooks.onEnded(ended);
      },
    });
    this.held.set(instanceKey(info), registration);
    this.described.set(source, info);
    return registration;
  }

  /** What is held for a description, an object that describes itself, or an id. */
  find(source: ServiceSource | string): HeldRegistration | undefined {
    if (typeof source === 'string') return [...this.held.values()].find(({ info }) => info.id === source);
    const description = descriptionOf(source);
    const { name } = description;
    const id = description.id ?? this.described.get(source)?.id;
    return id === undefined ? undefined : this.held.get(instanceKey({ name, id }));
  }

  /**
   * The record that a description means in the backend, undefined when it names none. Of one that was registered here
   * only what it became: whoever holds its id by now is somebody else.
   */
  recordOf(source: ServiceSource): RemovedRecord | undefined {
    const { name, id, incarnation } = this.described.get(source) ?? descriptionOf(source);
    if (id === undefined) return undefined;
    return incarnation === undefined ? { name, id } : { name, id, incarnation };
  }

  /** Gives ours up when `seen`, a record of the backend, is a newer claimant of its id. */
  compare(seen: ServiceInfo): void {
    const ours = this.held.size > 0 ? this.held.get(instanceKey(seen)) : undefined;
    if (!ours || seen.incarnation <= ours.info.incarnation) return;
    ours.yield(
      new WeftError('WEFT_CONFLICT', `"${seen.id}" of "${seen.name}" is held by a newer instance at ${seen.host}:${seen.port}`),
    );
  }

  /** Withdraws everything. */
  async withdrawAll(): Promise<void> {
    await Promise.all(Array.from(this.held.values(), (registration) => registration.withdraw()));
  }
}
