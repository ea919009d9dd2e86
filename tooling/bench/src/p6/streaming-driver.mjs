/** A backend in this process that streams changes: what is pushed is what a reader gets next. */
export class StreamingDriver {
  supports = { propagationMs: 0, ttlGranularityMs: 1, minTtlMs: 1, multiProcess: false };
  /** @type {Map<string, Stream>} */
  #streams = new Map();
  #listOf;

  /** @param {(name: string) => readonly import('@weft/core').ServiceInstance[]} listOf */
  constructor(listOf) {
    this.#listOf = listOf;
  }

  /** @param {string} name @param {import('@weft/core').RegistryEvent} event */
  push(name, event) {
    this.#streams.get(name)?.push(event);
  }

  async list(name = '') {
    return this.#listOf(name);
  }

  /** @param {string | undefined} name @param {{ signal: AbortSignal }} options */
  watch(name = '', { signal }) {
    const stream = new Stream({ list: this.#listOf(name) });
    this.#streams.set(name, stream);
    signal.addEventListener('abort', () => stream.return());
    return stream;
  }

  put = async () => ({ ttlMs: 30_000 });
  remove = async () => {};
  close = async () => {};
}

/** What one reader gets. */
class Stream {
  /** @type {import('@weft/core').RegistryEvent[] | undefined} */
  #unread;
  /** @type {((result: IteratorResult<import('@weft/core').RegistryEvent>) => void) | undefined} */
  #give;

  /** @param {import('@weft/core').RegistryEvent} first */
  constructor(first) {
    this.#unread = [first];
  }

  /** @param {import('@weft/core').RegistryEvent} event */
  push(event) {
    if (this.#give) {
      this.#give({ done: false, value: event });
      this.#give = undefined;
    } else {
      this.#unread ??= [];
      this.#unread.push(event);
    }
  }

  /** @returns {Promise<IteratorResult<import('@weft/core').RegistryEvent>>} */
  next() {
    const value = this.#unread?.shift();
    if (value) return Promise.resolve({ done: false, value });
    this.#unread = undefined;
    return new Promise((resolve) => {
      this.#give = resolve;
    });
  }

  /** @returns {Promise<IteratorResult<import('@weft/core').RegistryEvent>>} */
  async return() {
    this.#give?.({ done: true, value: undefined });
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator]() {
    return this;
  }
}
