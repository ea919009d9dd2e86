/** Stops what a mounted application does at a known place until the test lets it go on. */
export class Gate {
  /** Resolves when somebody waits. */
  readonly reached: Promise<void>;
  #reach = () => {};
  #open = () => {};
  readonly #opened: Promise<void>;

  constructor() {
    this.reached = new Promise((resolve) => {
      this.#reach = resolve;
    });
    this.#opened = new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  /** Resolves when the gate is open. */
  pass(): Promise<void> {
    this.#reach();
    return this.#opened;
  }

  /** Lets everybody pass from now on. */
  open(): void {
    this.#open();
  }
}
