import { type ConfigDriver, type Driver, WeftError } from '@weft/core';
import { memoryStore } from './memory-store.js';
import { type MemoryConfigOptions, memoryConfigOptions, parseMemoryConfigOptions } from './options.js';

/**
 * A config center within the process. Its values outlive the driver that wrote them.
 * @throws WEFT_CONFIG_INVALID when an option is not usable
 */
export function openMemoryConfig(options: MemoryConfigOptions = {}): ConfigDriver {
  const { address = 'default' } = parseMemoryConfigOptions(options);
  const store = memoryStore(address);
  const closing = new AbortController();

  const whileOpen = async <T>(operation: () => T): Promise<T> => {
    if (closing.signal.aborted) throw new WeftError('WEFT_CLOSED', 'the config driver "memory" is closed');
    return operation();
  };

  return {
    supports: { propagationMs: 0, multiProcess: false, history: true, compareAndSet: true },
    get: (key) => whileOpen(() => store.get(key)),
    set: (key, text, { ifRevision }) => whileOpen(() => store.set(key, text, ifRevision)),
    remove: (key) => whileOpen(() => store.remove(key)),
    list: (prefix) => whileOpen(() => store.list(prefix)),
    history: (key) => whileOpen(() => store.history(key)),
    watch: (prefix, { signal }) => store.watch(prefix, AbortSignal.any([signal, closing.signal])),
    async close() {
      closing.abort();
    },
  };
}

const driver: Driver<'config', MemoryConfigOptions> = {
  contract: 1,
  slot: 'config',
  name: 'memory',
  options: memoryConfigOptions,
  async open(options) {
    const value = openMemoryConfig(options);
    return { value, stop: () => value.close() };
  },
};

export default driver;
