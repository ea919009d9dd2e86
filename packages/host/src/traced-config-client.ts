import { ConfigClient, type ConfigOptions, type SetOptions } from '@weft/config';
import { type ConfigDriver, hideSecrets, messageOf, type Tracer } from '@weft/core';

/**
 * A config client whose writes are spans, `config set` and `config remove` with the tag `config.key`: what a request changes for
 * all processes stands in its trace. Reads are none, for they are answered from memory.
 */
export class TracedConfigClient extends ConfigClient {
  readonly #tracer: Tracer;

  /** @throws WEFT_CONFIG_INVALID when an option is not usable */
  constructor(driver: ConfigDriver, options: ConfigOptions, tracer: Tracer) {
    super(driver, options);
    this.#tracer = tracer;
  }

  /** As that of `ConfigClient`. */
  override set(key: string, value: unknown, options?: SetOptions): Promise<void> {
    return this.#traced('config set', key, () => super.set(key, value, options));
  }

  /** As that of `ConfigClient`. */
  override remove(key: string): Promise<void> {
    return this.#traced('config remove', key, () => super.remove(key));
  }

  async #traced(name: string, key: string, write: () => Promise<void>): Promise<void> {
    const span = this.#tracer.startSpan(name).setTag('config.key', key);
    try {
      await write();
    } catch (error) {
      span.setTag('error', true).logKV('error', hideSecrets(messageOf(error)));
      throw error;
    } finally {
      span.finish();
    }
  }
}
