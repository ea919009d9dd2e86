import type { Clock, Logger, WeftError } from '@weft/core';
import type { ConsulAgent } from './consul-agent.js';
import { isOfWire, lateError } from './consul-error.js';
import { Liveness } from './liveness.js';

/** An agent, and what is known of it. */
export interface Peer {
  readonly agent: ConsulAgent;
  /** Finds out that it has fallen silent. */
  readonly liveness: Liveness;
}

/** With what an `AgentPool` works. */
export interface AgentPoolParts {
  /** At least one. */
  readonly agents: readonly [ConsulAgent, ...ConsulAgent[]];
  readonly clock: Clock;
  /** Told when an agent cannot be reached and when it can be again, once each. */
  readonly logger: Logger;
}

/** The agents of a cluster. One is asked for as long as it answers, then the next. */
export class AgentPool {
  /** How many there are. */
  readonly size: number;
  private readonly peers: readonly Peer[];
  private readonly failing = new Set<Peer>();
  private at = 0;

  constructor(private readonly parts: AgentPoolParts) {
    const { agents, clock } = parts;
    this.size = agents.length;
    this.peers = agents.map((agent) => {
      const probe = (timeoutMs: number, signal: AbortSignal) => probed(agent, timeoutMs, signal);
      const silent = (silenceMs: number) => lateError('probing', agent.name, silenceMs);
      return { agent, liveness: new Liveness({ probe, silent, clock }) };
    });
  }

  /** Who is to be asked now. */
  get current(): Peer {
    return this.peers[this.at] as Peer;
  }

  /** Notes that one has answered. */
  answered(peer: Peer): void {
    if (this.failing.delete(peer)) this.parts.logger.info('consul answers again', { address: peer.agent.name });
  }

  /** Notes that one could not be reached: the next one is current. */
  failed(peer: Peer, error: WeftError): void {
    if (this.current === peer) this.at = (this.at + 1) % this.size;
    if (this.failing.has(peer)) return;
    this.failing.add(peer);
    this.parts.logger.warn('consul cannot be reached', { address: peer.agent.name, error: error.message });
  }

  /** Ends every connection. */
  close(): void {
    for (const { agent } of this.peers) agent.close();
  }
}

/** An agent that answers an error is alive: what it says to the queries themselves counts. */
async function probed(agent: ConsulAgent, timeoutMs: number, signal: AbortSignal): Promise<void> {
  try {
    await agent.send({ what: 'probing', path: ['status', 'leader'], signal }, timeoutMs);
  } catch (error) {
    if (isOfWire(error)) throw error;
  }
}
