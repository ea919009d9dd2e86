import { setMaxListeners } from 'node:events';
import { type Clock, epochMs, probePeer, WeftError } from '@weft/core';
import type { Etcd3 } from 'etcd3';
import { ConnectionLoss } from './connection-loss.js';
import type { CallOptions, EtcdClient } from './etcd-client.js';
import { etcdError, isNeverSent } from './etcd-error.js';
import { unlessAborted } from './unless-aborted.js';

/** How often a server is asked for a sign of life while somebody waits for it. */
const PROBE_MS = 500;
/** For how long one question may stay without an answer: a server that takes 3 s for everything is slow, and not silent. */
const SILENCE_MS = 3_400;
const CANCELLED = 1;
const PROBE_KEY = Buffer.from('weft/probe');

type Interceptor = NonNullable<CallOptions['interceptors']>[number];
type Call = ReturnType<Interceptor>;

/** Makes a call; has to pass `options` on. */
export type MakeCall<T> = (client: Etcd3, options: CallOptions) => Promise<T>;

/** What a session is made with. */
export interface EtcdSessionOptions {
  /** A client of that one server. */
  readonly client: EtcdClient;
  /** `host:port`, for errors. */
  readonly address: string;
  /** For the probe. */
  readonly clock: Clock;
}

/**
 * One connection to one server, from the first answer until it is lost. While anybody waits for anything, the server is
 * asked every 0.5 s for something that only a working member of a working cluster can answer. When one of these questions
 * stays without an answer for 3.4 s, or the answer is that there is no leader, the session is over, and with it everything
 * that waits.
 */
export class EtcdSession {
  private readonly ending = new AbortController();
  private waiting = 0;
  private isDoubted = false;
  private readonly loss: ConnectionLoss;
  private stopProbe = () => {};

  constructor(private readonly options: EtcdSessionOptions) {
    this.loss = new ConnectionLoss(options.client);
    setMaxListeners(0, this.ending.signal);
  }

  /** Aborted when the session is over; its reason is a `WeftError`. */
  get ended(): AbortSignal {
    return this.ending.signal;
  }

  /** Fires when the connection is lost next, whether anybody waits for anything or not; `ended` when it is already. */
  lost(): Promise<AbortSignal> {
    return this.loss.signal().catch(() => this.ended);
  }

  /** `host:port`, for errors. */
  get address(): string {
    return this.options.address;
  }

  /** Waits for the first answer of the server. @throws WeftError */
  async greet(withinMs: number): Promise<void> {
    const late = new AbortController();
    const timer = this.options.clock.setTimer(withinMs, () => late.abort(this.silent(withinMs)));
    try {
      await this.ask(withinMs, late.signal);
    } finally {
      timer.cancel();
    }
  }

  /** Makes a call. @throws WeftError, also when the session ends meanwhile */
  async run<T>(what: string, call: MakeCall<T>): Promise<T> {
    this.ended.throwIfAborted();
    const leave = this.attend();
    try {
      return await this.make(call).catch((error: unknown) => {
        // The client library begins its channels anew after many an error; what was about to be sent just then is lost.
        if (!isNeverSent(error) || this.ended.aborted) throw error;
        return this.make(call);
      });
    } catch (error) {
      const failure = etcdError(error, { what, address: this.address });
      this.judge(failure);
      throw failure;
    } finally {
      leave();
    }
  }

  /** Ends the session when this failure says that the connection is lost, or looks closer when it may be. */
  judge(error: WeftError): void {
    if (error.failure === 'timeout') this.doubt();
    else if (error.failure || error.code === 'WEFT_UNAUTHENTICATED') this.end(error);
  }

  /** Somebody waits for this server; until the returned function is called. */
  attend(): () => void {
    if (this.waiting++ === 0) this.watchOver();
    let isAttending = true;
    return () => {
      if (!isAttending) return;
      isAttending = false;
      if (--this.waiting === 0) this.stopProbe();
    };
  }

  /** Something was not answered in time: watches over the server until it answers although nobody waits any more. */
  doubt(): void {
    if (this.isDoubted || this.ended.aborted) return;
    this.isDoubted = true;
    const leave = this.attend();
    void this.probe().finally(() => {
      this.isDoubted = false;
      leave();
    });
  }

  /** Ends everything that waits with `reason`. Idempotent. */
  end(reason: WeftError): void {
    if (this.ended.aborted) return;
    this.stopProbe();
    this.ending.abort(reason);
    this.options.client.close();
  }

  /** A call that is not waited for any more is ended on the wire: else it keeps the process alive until its deadline. */
  private async make<T>(call: MakeCall<T>, ...signals: readonly AbortSignal[]): Promise<T> {
    const made: Call[] = [];
    const note: Interceptor = (options, next) => {
      const one = next(options) as Call;
      made.push(one);
      return one;
    };
    try {
      return await unlessAborted(call(this.options.client, { interceptors: [note] }), this.ended, ...signals);
    } catch (error) {
      for (const one of made) one.cancelWithStatus(CANCELLED, 'nobody waits for it');
      throw error;
    }
  }

  private watchOver(): void {
    const onSilent = () => this.end(this.silent(SILENCE_MS));
    const { clock } = this.options;
    this.stopProbe = probePeer({ ask: () => this.probe(), everyMs: PROBE_MS, silenceMs: SILENCE_MS, clock, onSilent });
  }

  /** Asks, and ends the session when what comes is no answer. Never rejects. */
  private async probe(): Promise<void> {
    try {
      await this.ask(SILENCE_MS);
    } catch (error) {
      this.end(WeftError.from(error, 'WEFT_REGISTRY_UNAVAILABLE'));
    }
  }

  /** Asks for the key of the probe. A refusal to show it is an answer too. @throws WeftError */
  private async ask(withinMs: number, ...signals: readonly AbortSignal[]): Promise<void> {
    // Its own deadline, for when nobody waits: the one of operations may be much shorter than a silence that matters.
    const deadline = epochMs() + 2 * withinMs;
    const request = { key: PROBE_KEY, keys_only: true };
    try {
      await this.make(({ kv }, options) => kv.range(request, { ...options, deadline }), ...signals);
    } catch (error) {
      const failure = etcdError(error, { what: 'connecting', address: this.address });
      if (failure.code !== 'WEFT_PERMISSION_DENIED') throw failure;
    }
  }

  private silent(ms: number): WeftError {
    const message = `etcd at ${this.address} cannot be reached: no answer within ${ms} ms`;
    return new WeftError('WEFT_REGISTRY_UNAVAILABLE', message, { failure: 'timeout' });
  }
}
