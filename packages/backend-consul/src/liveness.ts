import { type Clock, probePeer, type WeftError } from '@weft/core';

/** How often a peer is asked for a sign of life: with `SILENCE_MS`, silence is found within 4.2 s. */
const PROBE_MS = 700;
/** For how long a question may stay without an answer: a peer that takes 3 s for everything is slow, and not silent. */
const SILENCE_MS = 3_400;

/** With what a peer is watched over. */
export interface LivenessOptions {
  /** Asks the peer for a sign of life; rejects when the connection fails. Whatever answers it is a sign of life. */
  readonly probe: (timeoutMs: number, signal: AbortSignal) => Promise<void>;
  /** The error of a peer that left a question without an answer for that long. */
  readonly silent: (silenceMs: number) => WeftError;
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
  private stop = () => {};

  constructor(private readonly options: LivenessOptions) {}

  /** Calls `onDead` once when the peer is found dead, unless the returned function is called before. */
  guard(onDead: OnDead): () => void {
    this.waiting.add(onDead);
    if (this.waiting.size === 1) this.run();
    return () => {
      if (this.waiting.delete(onDead) && this.waiting.size === 0) this.stop();
    };
  }

  private run(): void {
    const { probe, silent, clock } = this.options;
    const ended = new AbortController();
    const fail = (error: WeftError) => {
      // How long a silence may be is not for the question to say: it may have ended late because this process stood still.
      if (!ended.signal.aborted && error.failure !== 'timeout') this.end(error);
    };
    let asked: Promise<void> | undefined;
    // HTTP/1.1 takes a connection for each question that is out, so there is one, and its answer is one to all that are due.
    const ask = () => {
      asked ??= probe(2 * SILENCE_MS, ended.signal)
        .catch(fail)
        .finally(() => {
          asked = undefined;
        });
      return asked;
    };
    const onSilent = () => this.end(silent(SILENCE_MS));
    const stopProbe = probePeer({ ask, everyMs: PROBE_MS, silenceMs: SILENCE_MS, clock, onSilent });
    this.stop = () => {
      stopProbe();
      ended.abort();
    };
  }

  private end(error: WeftError): void {
    this.stop();
    const told = [...this.waiting];
    this.waiting.clear();
    for (const onDead of told) onDead(error);
  }
}
