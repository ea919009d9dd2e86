import { type ConsulBackend, ConsulRefusal } from '@weft/backend-consul';
import { type Clock, keepAwake, type OperationOptions, type ServiceInstance, sleep, WeftError } from '@weft/core';
import { toConsulId } from './consul-names.js';
import type { ServiceCatalog } from './service-catalog.js';
import type { ListedCheck } from './service-entry.js';
import { isLease, leaseIdOf, type ServiceRegistration, toRegistration } from './service-registration.js';

/** Longer than the second for which a busy watch rests between two looks: none may miss that an instance drains. */
const DRAINING_SHOWN_MS = 1_200;
/** An agent does not tell that the id was registered anew at another one. */
const LOOK_AROUND_MS = 60_000;
const UNKNOWN_CHECK = /does not have associated TTL|unknown check/i;

interface Held {
  /** Id of the check that is its lease. */
  readonly lease: string;
  /** The registration as it was sent. */
  readonly text: string;
  /** Ids of all its checks. */
  readonly checks: string;
  /** When it began to drain. */
  readonly drainingAt: number | undefined;
  /** When a newer claimant of the id was last looked for. */
  readonly lookedAt: number;
}

/** What a record that is to be removed is found by. */
export interface RecordName {
  readonly name: string;
  readonly id: string;
  readonly incarnation?: string;
}

/** With what a `Registrar` works. */
export interface RegistrarParts {
  readonly backend: ConsulBackend;
  readonly catalog: ServiceCatalog;
  /** Stands before each name. */
  readonly prefix: string;
  readonly clock: Clock;
}

/** Keeps the instances of this process registered at the agent that is asked. A beat passes the check that is the lease. */
export class Registrar {
  /** By Consul's id. */
  private readonly held = new Map<string, Held>();

  constructor(private readonly parts: RegistrarParts) {}

  /**
   * Asserts a record: one request while the agent holds it, two when it has changed.
   * @throws WEFT_CONFLICT when a greater incarnation holds the id, here or at another agent
   */
  async assert(self: ServiceInstance, ttlMs: number, signal: AbortSignal): Promise<void> {
    const { clock, prefix } = this.parts;
    const registration = toRegistration(self, ttlMs, prefix);
    const lease = leaseIdOf(registration.ID, self.incarnation);
    const text = JSON.stringify(registration);
    const checks = registration.Checks.map(({ CheckID }) => CheckID).join();
    const held = this.held.get(registration.ID);
    const own = held?.lease === lease ? held : undefined;
    const isLookDue = own !== undefined && clock.now() - own.lookedAt >= LOOK_AROUND_MS;
    const look = () => this.refuseBelowNewer(self, registration, signal);
    // Nobody newer has taken the id at this agent while that knows the lease of this incarnation.
    const [isHeld] = await Promise.all([own !== undefined && this.pass(lease, signal), isLookDue && look()]);
    // Whoever took it may have come after that look.
    if (!isHeld) await look();
    const lookedAt = isHeld && own && !isLookDue ? own.lookedAt : clock.now();
    if (!isHeld || own?.text !== text) {
      await this.register(registration, { replacesChecks: !isHeld || own?.checks !== checks, signal });
      // A check that was critical stays so when it is registered again.
      if (!isHeld) await this.pass(lease, signal);
    }
    const drainingAt = self.status === 'draining' ? (held?.drainingAt ?? clock.now()) : undefined;
    this.held.set(registration.ID, { lease, text, checks, drainingAt, lookedAt });
  }

  /** Removes a record; one that began to drain just now when every watch has had the time to see that. */
  async withdraw(record: RecordName, { signal }: OperationOptions): Promise<void> {
    const { clock, backend, prefix } = this.parts;
    const consulId = toConsulId({ name: prefix + record.name, id: record.id });
    const drainingAt = this.held.get(consulId)?.drainingAt;
    const leftMs = drainingAt === undefined ? 0 : drainingAt + DRAINING_SHOWN_MS - clock.now();
    if (leftMs > 0) {
      const letSleep = keepAwake();
      await sleep(leftMs, clock, signal).catch(() => {});
      letSleep();
    }
    // Whoever can wait no longer still wants it removed.
    const ending = leftMs > 0 && signal.aborted ? new AbortController().signal : signal;
    if (!(await this.isOf(record, consulId, ending))) return;
    const path = ['agent', 'service', 'deregister', consulId];
    await backend.request({ what: `removing "${record.id}"`, method: 'PUT', path, accept: [404], signal: ending });
    this.held.delete(consulId);
  }

  /** Resolves to whether the agent knows the lease. */
  private async pass(lease: string, signal: AbortSignal): Promise<boolean> {
    try {
      const path = ['agent', 'check', 'pass', lease];
      await this.parts.backend.request({ what: `asserting "${lease}"`, method: 'PUT', path, signal });
      return true;
    } catch (error) {
      if (isUnknownCheck(error)) return false;
      throw error;
    }
  }

  private async register(
    registration: ServiceRegistration,
    { replacesChecks, signal }: { readonly replacesChecks: boolean; readonly signal: AbortSignal },
  ): Promise<void> {
    await this.parts.backend.request({
      what: `registering "${registration.ID}"`,
      method: 'PUT',
      path: ['agent', 'service', 'register'],
      // The lease of an older incarnation has to go: that is how its owner learns that the id is no longer its own.
      query: replacesChecks ? { 'replace-existing-checks': 'true' } : {},
      body: registration,
      signal,
    });
  }

  private async refuseBelowNewer(self: ServiceInstance, { ID }: ServiceRegistration, signal: AbortSignal): Promise<void> {
    const [leases, holder] = await Promise.all([this.leases(ID, signal), this.parts.catalog.find(self.name, ID, signal)]);
    const isTakenHere = leases.some(({ Status, Notes }) => Status !== 'critical' && Notes > self.incarnation);
    const isTaken = holder !== undefined && holder.incarnation > self.incarnation;
    if (!isTakenHere && !isTaken) return;
    const where = isTaken ? ` at ${holder.host}` : '';
    throw new WeftError('WEFT_CONFLICT', `"${self.id}" of "${self.name}" is held by a newer instance${where}`);
  }

  private async isOf({ incarnation }: RecordName, consulId: string, signal: AbortSignal): Promise<boolean> {
    if (incarnation === undefined) return true;
    const leases = await this.leases(consulId, signal);
    return leases.length === 0 || leases.some(({ CheckID }) => CheckID === leaseIdOf(consulId, incarnation));
  }

  /** The leases of an id as the agent itself knows them: the catalog may lag behind. */
  private async leases(consulId: string, signal: AbortSignal): Promise<readonly ListedCheck[]> {
    const query = { filter: `ServiceID == "${consulId}"` };
    const what = `looking at "${consulId}"`;
    const { body } = await this.parts.backend.request({ what, path: ['agent', 'checks'], query, signal });
    const checks = Object.values((body ?? {}) as Readonly<Record<string, ListedCheck>>);
    return checks.filter(({ CheckID }) => isLease(CheckID));
  }
}

function isUnknownCheck(error: unknown): boolean {
  return error instanceof WeftError && error.cause instanceof ConsulRefusal && UNKNOWN_CHECK.test(error.cause.text);
}
