import { BenchProcess } from './bench-process.mjs';

/** @typedef {{ cpuUs: number, systemUs: number, elapsedMs: number, calls: number }} Measurement of one variant in one round */

/** Calls before each measurement: sockets that fell idle are open again, and what was compiled for others has settled. */
const LEAD_IN = 0.1;

/** A variant that is up: its process and, for a server, the process that puts load on it. */
export class Contestant {
  /** Name in the report. */
  name;
  /** What it answered first. @type {unknown} */
  firstAnswer;
  #calls;
  #measured;
  #driver;

  /**
   * @param {string} name
   * @param {number} calls of one round
   * @param {BenchProcess} measured the process whose CPU counts
   * @param {BenchProcess} driver the one that makes the calls; the same for clients
   */
  constructor(name, calls, measured, driver) {
    this.name = name;
    this.#calls = calls;
    this.#measured = measured;
    this.#driver = driver;
  }

  /**
   * @param {import('./area.mjs').Variant} variant
   * @param {{ calls: number, measures: import('./area.mjs').Area['measures'], origins: readonly string[] }} options
   * @returns {Promise<Contestant>}
   */
  static async open({ name, module, share = 1, size = 1, metrics = false }, { calls, measures, origins }) {
    const own = Math.max(1, Math.round(calls * share));
    const { process, told } = await BenchProcess.open(name, module, { origins, size, metrics });
    if (measures !== 'server') return new Contestant(name, own, process, process);
    const target = [`http://127.0.0.1:${told.port}`];
    try {
      const load = await BenchProcess.open(`load on ${name}`, './load.mjs', { origins: target, size });
      return new Contestant(name, own, process, load.process);
    } catch (error) {
      await process.close();
      throw error;
    }
  }

  /** Checks its first answer, then runs it until its code is compiled. @throws when it answers wrongly */
  async warm() {
    await this.#driver.ask('prepare');
    this.firstAnswer = await this.#driver.ask('check');
    await this.#driver.ask('run', { calls: 2 * this.#calls });
  }

  /** One round. @returns {Promise<Measurement>} */
  async measure() {
    await this.#driver.ask('prepare');
    await this.#driver.ask('run', { calls: Math.ceil(this.#calls * LEAD_IN) });
    await this.#measured.ask('mark');
    await this.#driver.ask('run', { calls: this.#calls });
    return { ...(await this.#measured.ask('measure')), calls: this.#calls };
  }

  startProfile() {
    return this.#measured.ask('startProfile');
  }

  /** @returns {Promise<import('./profile.mjs').Cost[]>} */
  topCosts() {
    return this.#measured.ask('topCosts');
  }

  async close() {
    if (this.#driver !== this.#measured) await this.#driver.close();
    await this.#measured.close();
  }
}
