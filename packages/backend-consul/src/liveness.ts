import { type Clock, sleep, type WeftError } from '@weft/core';

/** With what a peer is watched over. */
export interface LivenessOptions {
  /** Asks the peer for a sign of life; rejects when there is none within `timeoutMs`. */
  readonly probe: (timeoutMs: number, signal: AbortSignal) => Promise<void>;
  /** Ms between two probes, and how long each may take: a dead peer is found within twice that. */
  readonly intervalMs: number;
  /** Time. */
  readonly clock: Clock;
}

type OnDead = (error: WeftError) => void;

/**
 * Finds out that a peer has fallen silent under those who wait for its news: a frozen server and a stalled network cut no
 * connection. One probe serves all who wait, and runs only while somebody does.
 */
export class Liveness {
  private readonly waiting = new Set<OnDead>();
  private running: AbortController | undefined;

  constructor(private readonly options: LivenessOptions) {}

  /** Calls `onDead` once when the peer is found dead, unless the returned function is called before. */
  guard(onDead: OnDead): () => void {
    this.waiting.add(onDead);
    if (!this.running) {
      this.running = new AbortController();
      void this.run(this.running.signal);
    }
    return () => {
      this.waiting.delete(onDead);
      if (this.waiting.size === 0) this.stop();
    };
  }

  private async run(signal: AbortSignal): Promise<void> {
    const { probe, intervalMs, clock } = this.options;
    while (!signal.aborted) {
      await sleep(intervalMs, clock, signal).catch(() => {});
      if (signal.aborted) return;
      await probe(intervalMs, signal).catch((error: WeftError) => {
        if (signal.aborted) return;
        this.stop();
        for (const onDead of [...this.waiting]) {
          this.waiting.delete(onDead);
          onDead(error);
        }
      });
    }
  }

  private stop(): void {
    this.running?.abort();
    this.running = undefined;
  }
}
