const HIGH_WATER_BYTES = 65_536;

/** What a stream needs of its connection. */
export interface BodySource {
  /** Lets the connection read on, after `push` has returned false. */
  resume(): void;
  /** Told when the reader left before the end. */
  abandon(): void;
}

/** A body on its way from a connection that pushes to a reader that pulls; when the reader is slow, the connection waits. */
export class BodyStream implements AsyncIterable<Uint8Array> {
  readonly #source: BodySource;
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  #paused = false;
  #ended = false;
  #error: Error | undefined;
  #wake: (() => void) | undefined;

  constructor(source: BodySource) {
    this.#source = source;
  }

  /** False asks the connection to stop reading until `resume`. */
  push(chunk: Uint8Array): boolean {
    this.#chunks.push(chunk);
    this.#bytes += chunk.byteLength;
    this.#paused = this.#bytes > HIGH_WATER_BYTES;
    this.#wake?.();
    return !this.#paused;
  }

  /** No more chunks follow. */
  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  /** The reader fails at once; what it has not read is dropped. */
  fail(error: Error): void {
    if (this.#ended) return;
    this.#error ??= error;
    this.#chunks = [];
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, void> {
    let finished = false;
    try {
      while (true) {
        const chunk = this.#chunks.shift();
        if (chunk) {
          this.#bytes -= chunk.byteLength;
          this.#resumeWhenLow();
          yield chunk;
        } else if (this.#error || this.#ended) {
          finished = true;
          if (this.#error) throw this.#error;
          return;
        } else {
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
        }
      }
    } finally {
      if (!finished) this.#source.abandon();
    }
  }

  #resumeWhenLow(): void {
    if (!this.#paused || this.#bytes > HIGH_WATER_BYTES) return;
    this.#paused = false;
    this.#source.resume();
  }
}
