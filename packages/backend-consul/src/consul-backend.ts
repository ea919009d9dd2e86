import { setMaxListeners } from 'node:events';
import { type Clock, type Random, WeftError } from '@weft/core';
import type { AgentPool } from './agent-pool.js';
import { isOfWire } from './consul-error.js';
import type { ConsulAnswer, ConsulRequest } from './consul-request.js';
import { LeaderRule } from './leader-rule.js';
import { nextIndex } from './next-index.js';
import { QueryRate } from './query-rate.js';
import { ReadRights } from './read-rights.js';

const WAIT_MS = 8_000;
const WAIT_JITTER_RATIO = 0.1;
/** Consul adds up to a sixteenth to a wait. */
const HOLD_RATIO = 17 / 16;

/** What a `ConsulBackend` works with. */
export interface ConsulBackendParts {
  readonly agents: AgentPool;
  /** By when an operation has to be answered, in ms. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly random: Random;
}

/** Looks into an answer. */
export type Believes = (answer: ConsulAnswer) => Promise<boolean>;

/**
 * A Consul cluster, asked through one agent for as long as that answers, and through the next one when it does not. Every
 * request has its time; a query that follows is held by the server and watched over by a probe.
 */
export class ConsulBackend {
  /** What was found out about empty lists. */
  readonly rights: ReadRights;
  private readonly leader = new LeaderRule();
  private readonly closing = new AbortController();

  constructor(private readonly parts: ConsulBackendParts) {
    this.rights = new ReadRights(parts.clock);
  }

  /** Fires when the agent that is asked now ends a connection: it may be another one from then on, that knows nothing of us. */
  get lost(): AbortSignal {
    return this.parts.agents.current.agent.lost;
  }

  /**
   * Sends a request, to the next agent when one cannot be reached.
   * @throws WEFT_REGISTRY_UNAVAILABLE with `failure` when no agent answers, without it when one answers an error
   * @throws WEFT_UNAUTHENTICATED @throws WEFT_PERMISSION_DENIED
   * @throws WEFT_INVALID_ARGUMENT when Consul calls the request a bad one
   * @throws WEFT_CLOSED @throws WEFT_CANCELLED when the signal is aborted
   */
  async request(request: ConsulRequest): Promise<ConsulAnswer> {
    this.assertOpen();
    return this.whileOpen(request.signal, (signal) => this.ask({ ...request, signal }));
  }

  /** As `request`, from any server, if that has heard of a leader lately: for lists. */
  async read(request: ConsulRequest): Promise<ConsulAnswer> {
    const answer = await this.request({ ...request, query: { ...request.query, stale: '' } });
    this.leader.check(request.what, answer.headers);
    return answer;
  }

  /**
   * What a query answers now, and again whenever that may have changed; an answer may equal the one before. Ends without
   * an error when the signal is aborted.
   * @param believes resolves to whether an answer is to be told; after one that is not, the query is sent anew at once
   * @throws as `request`; WEFT_REGISTRY_UNAVAILABLE with `failure` within 4.5 s when the agent falls silent
   */
  async *follow(request: ConsulRequest, believes?: Believes): AsyncGenerator<ConsulAnswer> {
    this.assertOpen();
    const ended = new AbortController();
    const release = link([request.signal, this.closing.signal], ended);
    const rate = new QueryRate(this.parts.clock);
    try {
      for (let [index, breaks, isAgain] = [0, 0, false]; !ended.signal.aborted; ) {
        if (!isAgain) await rate.take(ended.signal);
        const { agent } = this.parts.agents.current;
        // Who is asked may not be who gave the index: a restarted server would let us wait for its own to get there.
        if (agent.breaks !== breaks) index = 0;
        const answer = await this.hold({ ...request, signal: ended.signal }, index);
        breaks = agent.breaks;
        const next = nextIndex(answer.headers['x-consul-index'], index);
        const isNews = index === 0 || next !== index;
        isAgain = isNews && believes !== undefined && !(await believes(answer));
        index = isAgain ? 0 : next;
        if (isNews && !isAgain) yield answer;
      }
    } catch (error) {
      if (!ended.signal.aborted) throw error;
    } finally {
      release();
      ended.abort();
    }
  }

  /** Ends what is under way and every connection. Idempotent. */
  async close(): Promise<void> {
    this.closing.abort();
    this.parts.agents.close();
  }

  private async ask(request: ConsulRequest): Promise<ConsulAnswer> {
    const { agents, clock, timeoutMs } = this.parts;
    let told: WeftError | undefined;
    const untilAt = clock.now() + (request.timeoutMs ?? timeoutMs);
    for (let left = agents.size; ; left--) {
      const peer = agents.current;
      try {
        const answer = await peer.agent.send(request, Math.max(1, untilAt - clock.now()) / left);
        agents.answered(peer);
        return answer;
      } catch (error) {
        if (!isOfWire(error)) throw error;
        agents.failed(peer, error);
        const isUndone = error.failure === 'refused' || error.failure === 'connect-timeout';
        // One that is there and does not answer says more than one that is not there.
        told = told?.failure === 'timeout' ? told : error;
        if (left <= 1 || !(isUndone || (request.isRepeatable ?? true))) throw told;
      }
    }
  }

  /** One query that the server may hold until there is news. */
  private async hold(request: ConsulRequest, index: number): Promise<ConsulAnswer> {
    const { agents, random, timeoutMs } = this.parts;
    const waitMs = Math.round(WAIT_MS * (1 + WAIT_JITTER_RATIO * random()));
    const wait = index > 0 ? { index: String(index), wait: `${waitMs}ms` } : {};
    const query = { ...request.query, stale: '', ...wait };
    const peer = agents.current;
    const ended = new AbortController();
    const release = link([request.signal], ended);
    let silent: WeftError | undefined;
    const unguard = peer.liveness.guard((error) => {
      silent = error;
      ended.abort();
    });
    try {
      const heldMs = index > 0 ? waitMs * HOLD_RATIO : 0;
      const answer = await peer.agent.send({ ...request, query, signal: ended.signal }, heldMs + timeoutMs);
      agents.answered(peer);
      this.leader.check(request.what, answer.headers);
      return answer;
    } catch (error) {
      const reason = silent ?? error;
      if (isOfWire(reason)) agents.failed(peer, reason);
      throw reason;
    } finally {
      unguard();
      release();
    }
  }

  private async whileOpen<T>(signal: AbortSignal, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const ended = new AbortController();
    const release = link([signal, this.closing.signal], ended);
    try {
      return await run(ended.signal);
    } catch (error) {
      this.assertOpen();
      throw error;
    } finally {
      release();
    }
  }

  private assertOpen(): void {
    if (this.closing.signal.aborted) throw new WeftError('WEFT_CLOSED', 'the connection to consul is closed');
  }
}

/** Aborts `control` when one of the signals is aborted, until the returned function is called. */
function link(signals: readonly AbortSignal[], control: AbortController): () => void {
  const onAbort = () => control.abort();
  for (const signal of signals) {
    // Many operations may well end by one signal of their caller.
    setMaxListeners(0, signal);
    if (signal.aborted) control.abort();
    else signal.addEventListener('abort', onAbort, { once: true });
  }
  return () => {
    for (const signal of signals) signal.removeEventListener('abort', onAbort);
  };
}
