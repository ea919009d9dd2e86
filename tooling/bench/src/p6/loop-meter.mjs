import { quantile } from '../quantile.mjs';

const EVERY_MS = 5;

/** How late the event loop is: a timer that should fire each 5 ms, and by how much it fires later. */
export class LoopMeter {
  /** @type {number[]} */
  #lateMs = [];
  #longestCpuMs = 0;
  #dueAt = performance.now() + EVERY_MS;
  #used = process.cpuUsage();
  #timer = setInterval(() => this.#tick(), EVERY_MS);

  /**
   * Ends it. `longestCpuMs` is the longest stall, too, but without the time in which other processes had the processor: the
   * time of the CPU that this process took within the stall.
   */
  stop() {
    this.#tick();
    clearInterval(this.#timer);
    return {
      longestMs: Math.max(...this.#lateMs),
      longestCpuMs: this.#longestCpuMs,
      p99Ms: quantile(this.#lateMs, 0.99),
    };
  }

  #tick() {
    const now = performance.now();
    const { user, system } = process.cpuUsage(this.#used);
    const lateMs = Math.max(0, now - this.#dueAt);
    this.#lateMs.push(lateMs);
    this.#longestCpuMs = Math.max(this.#longestCpuMs, Math.min(lateMs, (user + system) / 1_000));
    this.#dueAt = now + EVERY_MS;
    this.#used = process.cpuUsage();
  }
}
