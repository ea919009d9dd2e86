import { resolve } from 'node:path';
import { type ConfigDriver, type ConfigEntry, type Driver, WeftError } from '@weft/core';
import { ConfigFolder, unavailable } from './config-folder.js';
import { defaultFolder } from './default-folder.js';
import { type FileConfigOptions, fileConfigOptions, parseFileConfigOptions } from './options.js';
import { watchFolder } from './watch-folder.js';

const PROPAGATION_MS = 300;

/**
 * A config center in a folder, for all processes of one machine and for people with an editor. Nothing is made in the
 * folder before the first `set`.
 * @throws WEFT_CONFIG_INVALID when an option is not usable
 */
export function openFileConfig(options: FileConfigOptions = {}): ConfigDriver {
  const { path, address } = parseFileConfigOptions(options);
  const given = path ?? address;
  const folder = new ConfigFolder(given === undefined ? defaultFolder() : resolve(given));
  const closing = new AbortController();

  const whileOpen = async <T>(operation: () => Promise<T>): Promise<T> => {
    if (closing.signal.aborted) throw new WeftError('WEFT_CLOSED', 'the config driver "file" is closed');
    return operation().catch((error: unknown) => {
      throw unavailable(error);
    });
  };

  return {
    supports: { propagationMs: PROPAGATION_MS, multiProcess: true, history: false, compareAndSet: false },
    get: (key) => whileOpen(() => folder.read(key)),
    set: (key, text, { ifRevision }) => whileOpen(() => (ifRevision === undefined ? folder.write(key, text) : refuseCondition())),
    remove: (key) => whileOpen(() => folder.remove(key)),
    list: (prefix) => whileOpen(() => listed(folder, prefix)),
    async *watch(prefix, { signal }) {
      try {
        yield* watchFolder(folder, prefix, AbortSignal.any([signal, closing.signal]));
      } catch (error) {
        throw unavailable(error);
      }
    },
    async close() {
      closing.abort();
    },
  };
}

/** Two processes cannot compare and write a file in one step. */
async function refuseCondition(): Promise<never> {
  throw new WeftError('WEFT_INVALID_ARGUMENT', 'ifRevision: the config driver "file" cannot compare and set');
}

async function listed(folder: ConfigFolder, prefix: string): Promise<readonly ConfigEntry[]> {
  const entries = await Promise.all((await folder.find(prefix)).map((file) => folder.readFile(file)));
  return entries.filter((entry) => entry !== undefined);
}

const driver: Driver<'config', FileConfigOptions> = {
  contract: 1,
  slot: 'config',
  name: 'file',
  options: fileConfigOptions,
  async open({ path, address }, { folder }) {
    const given = path ?? address;
    const value = openFileConfig(given === undefined ? {} : { path: resolve(folder, given) });
    return { value, stop: () => value.close() };
  },
};

export default driver;
