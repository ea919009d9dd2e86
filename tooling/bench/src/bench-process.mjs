import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('./variant-process.mjs', import.meta.url));

/** cockatiel's abort listeners make Node warn at every concurrency above 10. */
const execArgv = ['--disable-warning=MaxListenersExceededWarning'];

/** A process that runs one variant, seen from outside. Does one thing at a time. */
export class BenchProcess {
  #child;
  #name;

  /** @param {string} name for messages */
  constructor(name) {
    this.#name = name;
    this.#child = fork(script, { execArgv, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  }

  /**
   * A process that has opened a module.
   * @param {string} name
   * @param {string} module path from this folder
   * @param {Partial<import('./area.mjs').Setting & import('./figure-area.mjs').FigureSetting>} [setting]
   * @returns {Promise<{ process: BenchProcess, told: { port?: number, ports?: number[] } }>}
   */
  static async open(name, module, setting = {}) {
    const process = new BenchProcess(name);
    try {
      const told = await process.ask('open', { module, setting: { origins: [], size: 1, metrics: false, ...setting } });
      return { process, told };
    } catch (error) {
      await process.close();
      throw error;
    }
  }

  /**
   * @param {string} command one of `variant-process.mjs`
   * @param {object} [what]
   * @returns {Promise<any>} what it answers
   * @throws when it failed, or the process ended
   */
  async ask(command, what = {}) {
    const ended = new AbortController();
    const onExit = () => ended.abort();
    this.#child.once('exit', onExit);
    try {
      const answered = once(this.#child, 'message', { signal: ended.signal });
      this.#child.send({ command, what });
      const [{ value, error }] = await answered;
      if (error) throw new Error(`${this.#name}: ${command}: ${error}`);
      return value;
    } catch (error) {
      if (ended.signal.aborted) throw new Error(`${this.#name}: the process ended during ${command}`);
      throw error;
    } finally {
      this.#child.off('exit', onExit);
    }
  }

  /** Ends it, as cleanly as it lets us. */
  async close() {
    await this.ask('close').catch(() => {});
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill();
    await exited;
  }
}
