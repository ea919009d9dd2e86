import type { Socket } from 'node:net';

/** What a lane is doing. */
export interface LaneRules {
  /** Nothing is read or written. */
  readonly held: boolean;
  /** How much longer everything takes, in milliseconds. */
  readonly delayMs: number;
}

/** A piece of the stream, or its end, and when it may go on. */
interface Item {
  readonly chunk: Buffer | undefined;
  readonly dueAt: number;
}

/**
 * One direction of a proxied connection. What cannot go on is not read: it waits where TCP lets it wait, so that no byte is
 * lost and the sender feels the same back pressure as in a real network that is stuck.
 */
export class ProxyLane {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #rules: () => LaneRules;
  readonly #queue: Item[] = [];
  #timer: NodeJS.Timeout | undefined;
  #blocked = false;

  /** @param rules asked for each piece */
  constructor(from: Socket, to: Socket, rules: () => LaneRules) {
    this.#from = from;
    this.#to = to;
    this.#rules = rules;
    from.on('data', (chunk: Buffer) => this.#take(chunk));
    from.once('end', () => this.#take(undefined));
    to.on('drain', () => {
      this.#blocked = false;
      this.update();
    });
    this.update();
  }

  /** The rules have changed. */
  update(): void {
    if (this.#rules().held || this.#blocked) this.#from.pause();
    else this.#from.resume();
    this.#pump();
  }

  /** Forgets what waits. */
  close(): void {
    clearTimeout(this.#timer);
    this.#queue.length = 0;
  }

  #take(chunk: Buffer | undefined): void {
    this.#queue.push({ chunk, dueAt: Date.now() + this.#rules().delayMs });
    this.#pump();
  }

  /** In the order of arrival; a delay that has ended ends for those on their way, too. */
  #pump(): void {
    clearTimeout(this.#timer);
    const { held, delayMs } = this.#rules();
    while (!held && this.#queue[0]) {
      const { chunk, dueAt } = this.#queue[0];
      const waitMs = delayMs > 0 ? dueAt - Date.now() : 0;
      if (waitMs > 0) {
        this.#timer = setTimeout(() => this.#pump(), waitMs);
        return;
      }
      this.#queue.shift();
      if (!chunk) this.#to.end();
      else if (!this.#to.write(chunk)) this.#block();
    }
  }

  #block(): void {
    this.#blocked = true;
    this.#from.pause();
  }
}
