/** The moment at which a wire is cut: whatever waits on it fails at once. */
export class Cut {
  readonly #waiting = new Set<(error: Error) => void>();
  #error: Error | undefined;

  /** Why it was cut, once it was. */
  get error(): Error | undefined {
    return this.#error;
  }

  /** Cuts it; only the first time counts. */
  now(error: Error): void {
    if (this.#error) return;
    this.#error = error;
    for (const fail of this.#waiting) fail(error);
    this.#waiting.clear();
  }

  /** Runs `run` when it is cut; returns how to forget that. */
  onCut(run: (error: Error) => void): () => void {
    if (this.#error) run(this.#error);
    else this.#waiting.add(run);
    return () => void this.#waiting.delete(run);
  }

  /** `work`, or a rejection with the reason when it is cut first. */
  race<T>(work: Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const forget = this.onCut(reject);
      work.then(resolve, reject).finally(forget);
    });
  }
}
