import { setMaxListeners } from 'node:events';
import { inspect } from 'node:util';
import { type Clock, type Logger, noopLogger, type Random, sleep, systemClock, systemRandom, WeftError } from '@weft/core';
import type { EtcdLibrary } from './etcd-client.js';
import { etcdError } from './etcd-error.js';
import type { EtcdSurroundings, EtcdTarget } from './etcd-options.js';
import type { EtcdSession } from './etcd-session.js';
import { openSession } from './open-session.js';
import { unlessAborted } from './unless-aborted.js';

/** After no server could be reached, who asks again so soon is told the same: a thousand watches must not try one by one. */
const REST_MS = 100;

/** What an operation is, for the connection. */
export interface EtcdOperation {
  /** For the error: `listing "weft/services/users/"`. */
  readonly what: string;
  /** Whoever waits has gone. */
  readonly signal: AbortSignal;
  /** Whether it may be done twice, which happens when the connection is lost meanwhile; default true. */
  readonly isRepeatable?: boolean;
}

/** A session with one server of the cluster at a time; when it ends, the next one is with the next server. */
export class EtcdConnection {
  private readonly path: string;
  private readonly folder: string;
  private readonly clock: Clock;
  private readonly random: Random;
  private readonly logger: Logger;
  private readonly closing = new AbortController();
  private current: EtcdSession | undefined;
  private connecting: Promise<EtcdSession> | undefined;
  private next: number;
  private failed: { readonly error: WeftError; readonly at: number } | undefined;
  private isLost = false;

  constructor(
    private readonly library: EtcdLibrary,
    private readonly target: EtcdTarget,
    { path = 'etcd', folder = process.cwd(), clock, random, logger }: EtcdSurroundings,
  ) {
    this.path = path;
    this.folder = folder;
    this.clock = clock ?? systemClock;
    this.random = random ?? systemRandom;
    this.logger = logger ?? noopLogger;
    setMaxListeners(0, this.closed);
    this.next = Math.floor(this.random() * target.endpoints.length);
  }

  /** Aborted by `close()`. */
  get closed(): AbortSignal {
    return this.closing.signal;
  }

  /** Resolves to what fires when the connection is lost that there is; undefined when there is none. */
  async lost(): Promise<AbortSignal | undefined> {
    return this.current?.lost();
  }

  /** The session there is, else a new one. @throws WeftError what the last server said, when none is there for us */
  session(): Promise<EtcdSession> {
    if (this.closed.aborted) return Promise.reject(this.closed.reason);
    if (this.current && !this.current.ended.aborted) return Promise.resolve(this.current);
    if (this.failed && this.clock.now() - this.failed.at < REST_MS) return Promise.reject(this.failed.error);
    this.connecting ??= this.connect().finally(() => {
      this.connecting = undefined;
    });
    return this.connecting;
  }

  /**
   * Runs an operation for at most the timeout.
   * @throws WEFT_CLOSED after close(), WEFT_CANCELLED when the signal is aborted, else what etcd says
   */
  async run<T>({ what, signal, isRepeatable = true }: EtcdOperation, work: (session: EtcdSession) => Promise<T>): Promise<T> {
    if (signal.aborted) throw givenUp(what, signal);
    // Many operations may well end by one signal of their caller.
    setMaxListeners(0, signal);
    const late = new AbortController();
    const { timeoutMs } = this.target;
    const timer = this.clock.setTimer(timeoutMs, () => {
      this.current?.doubt();
      const message = `${what}: no answer from etcd within ${timeoutMs} ms`;
      late.abort(new WeftError('WEFT_REGISTRY_UNAVAILABLE', message, { failure: 'timeout' }));
    });
    const given = new AbortController();
    const onAbort = () => given.abort(givenUp(what, signal));
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      const signals = [late.signal, given.signal, this.closed];
      return await unlessAborted(this.tryTwice(work, isRepeatable, signals), ...signals);
    } finally {
      timer.cancel();
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** Waits before something is begun anew that may end at once each time. */
  rest(signal: AbortSignal): Promise<void> {
    return sleep(REST_MS, this.clock, signal);
  }

  /** For logs: without what it was opened with. */
  [inspect.custom](): string {
    return this.toJSON();
  }

  /** As printed: whoever writes it into a log as JSON tells no password. */
  toJSON(): string {
    return `EtcdConnection(${this.target.endpoints.map(({ address }) => address).join(',')})`;
  }

  /** Gives everything back. Idempotent. */
  close(): void {
    if (this.closed.aborted) return;
    const reason = new WeftError('WEFT_CLOSED', 'the connection to etcd is closed');
    this.closing.abort(reason);
    this.current?.end(reason);
  }

  /** A server that goes away under one operation need not be the end of it: there may be others. */
  private async tryTwice<T>(
    work: (session: EtcdSession) => Promise<T>,
    isRepeatable: boolean,
    endings: readonly AbortSignal[],
  ): Promise<T> {
    const session = await this.wanted(endings);
    try {
      return await work(session);
    } catch (error) {
      if (!session.ended.aborted || !isRepeatable) throw error;
      return work(await this.wanted(endings));
    }
  }

  /** A session for whoever still waits: what was given up meanwhile must not be done later, after what was done instead. */
  private async wanted(endings: readonly AbortSignal[]): Promise<EtcdSession> {
    const session = await this.session();
    for (const ending of endings) ending.throwIfAborted();
    return session;
  }

  private async connect(): Promise<EtcdSession> {
    const { endpoints } = this.target;
    const errors: WeftError[] = [];
    for (let tries = 0; tries < endpoints.length; tries++) {
      const endpoint = endpoints[this.next % endpoints.length];
      if (!endpoint) break;
      try {
        const { library, target, path, folder, clock, closed } = this;
        return this.connected(await openSession(library, { endpoint, target, path, folder, clock, closed }));
      } catch (error) {
        this.closed.throwIfAborted();
        this.next++;
        errors.push(etcdError(error, { what: 'connecting', address: endpoint.address }));
      }
    }
    // One that refuses us says more than one that is not there.
    const error = errors.find(({ failure }) => !failure) ?? errors[0] ?? new WeftError('WEFT_REGISTRY_UNAVAILABLE', 'no server');
    this.failed = { error, at: this.clock.now() };
    this.noteLoss(error);
    throw error;
  }

  private connected(session: EtcdSession): EtcdSession {
    if (this.closed.aborted) session.end(this.closed.reason);
    this.current = session;
    this.failed = undefined;
    if (this.isLost) this.logger.info('etcd is in contact again', { address: session.address });
    this.isLost = false;
    session.ended.addEventListener('abort', () => {
      this.next++;
      if (!this.closed.aborted) this.noteLoss(session.ended.reason);
    });
    return session;
  }

  private noteLoss(error: WeftError): void {
    if (!this.isLost) this.logger.warn('etcd is out of contact', { error: error.message });
    this.isLost = true;
  }
}

function givenUp(what: string, signal: AbortSignal): WeftError {
  return new WeftError('WEFT_CANCELLED', `${what} was given up`, { cause: signal.reason });
}
