import type { DriverTemplate } from './driver-template.js';

const index = `import type { ConfigDriver, Driver } from '@weft/core';
import { z } from 'zod';
import { FooConfig } from './foo-config.js';

/** Options of the config driver \`foo\`. */
export interface FooConfigOptions {
  /** Which backend is meant: all who open the same one see the same texts. Default \`default\`. */
  readonly address?: string | undefined;
}

declare global {
  interface WeftDrivers {
    'config/foo': FooConfigOptions;
  }
}

const schema: z.ZodType<FooConfigOptions> = z.strictObject({
  address: z.string().min(1).optional(),
});

/** Opens a config center. */
export async function openFooConfig({ address = 'default' }: FooConfigOptions = {}): Promise<ConfigDriver> {
  return new FooConfig(address);
}

/** The driver \`foo\` of the slot \`config\`. */
const driver: Driver<'config', FooConfigOptions> = {
  contract: 1,
  slot: 'config',
  name: 'foo',
  options: schema,
  async open(options) {
    const value = await openFooConfig(options);
    return { value, stop: () => value.close() };
  },
};

export default driver;
`;

const mapping = `import {
  type ConfigDriver,
  type ConfigEntry,
  type ConfigEvent,
  type OperationOptions,
  WeftError,
  type WriteOptions,
} from '@weft/core';

/**
 * Stands in for the backend until there is one: texts under keys. Put the calls of your client library in its place; what
 * \`FooConfig\` makes of them stays.
 */
class Backend {
  readonly entries = new Map<string, ConfigEntry>();
  readonly watchers = new Set<(key: string) => void>();
  private revision = 0;

  set(key: string, text: string, ifRevision?: string | null): void {
    const revision = this.entries.get(key)?.revision ?? null;
    if (ifRevision !== undefined && ifRevision !== revision) {
      throw new WeftError('WEFT_CONFLICT', \`config key "\${key}" has revision \${revision}, not \${ifRevision}\`);
    }
    this.entries.set(key, { key, text, revision: String(++this.revision) });
    this.tell(key);
  }

  delete(key: string): void {
    if (this.entries.delete(key)) this.tell(key);
  }

  private tell(key: string): void {
    for (const watcher of this.watchers) watcher(key);
  }
}

const backends = new Map<string, Backend>();

/** One opener's side of the config center. */
export class FooConfig implements ConfigDriver {
  readonly supports = { propagationMs: 0, multiProcess: false, history: false, compareAndSet: true };
  private readonly closing = new AbortController();
  private readonly backend: Backend;

  constructor(address: string) {
    this.backend = backends.get(address) ?? new Backend();
    backends.set(address, this.backend);
  }

  async get(key: string): Promise<ConfigEntry | undefined> {
    this.refuseWhenClosed();
    return this.backend.entries.get(key);
  }

  async set(key: string, text: string, { ifRevision }: WriteOptions): Promise<void> {
    this.refuseWhenClosed();
    this.backend.set(key, text, ifRevision);
  }

  async remove(key: string): Promise<void> {
    this.refuseWhenClosed();
    this.backend.delete(key);
  }

  async list(prefix: string): Promise<readonly ConfigEntry[]> {
    this.refuseWhenClosed();
    return [...this.backend.entries.values()].filter(({ key }) => isBelow(key, prefix));
  }

  /** A reader that is slow gets only the newest text of each key. */
  async *watch(prefix: string, { signal }: OperationOptions): AsyncGenerator<ConfigEvent> {
    this.refuseWhenClosed();
    const ended = AbortSignal.any([signal, this.closing.signal]);
    const changed = new Set<string>();
    let wake = () => {};
    const watcher = (key: string) => {
      if (isBelow(key, prefix)) changed.add(key);
      wake();
    };
    ended.addEventListener('abort', () => wake(), { once: true });
    this.backend.watchers.add(watcher);
    try {
      yield { list: await this.list(prefix) };
      while (!ended.aborted) {
        const [key] = changed;
        if (key === undefined) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        } else {
          changed.delete(key);
          const put = this.backend.entries.get(key);
          yield put ? { put } : { removed: key };
        }
      }
    } finally {
      this.backend.watchers.delete(watcher);
    }
  }

  async close(): Promise<void> {
    this.closing.abort();
  }

  private refuseWhenClosed(): void {
    if (this.closing.signal.aborted) throw new WeftError('WEFT_CLOSED', 'the config center "foo" is closed');
  }
}

function isBelow(key: string, prefix: string): boolean {
  return prefix === '' || key === prefix || key.startsWith(\`\${prefix}/\`);
}
`;

/** A config driver that keeps its texts in the process. */
export const configTemplate: DriverTemplate = {
  description: 'Config driver foo.',
  index,
  mapping,
  opens: 'openFooConfig',
  suite: 'configSuite',
  target: `{
    name: 'config-foo',
    supports: { history: false },
    open: () => openFooConfig({ address: 'conformance' }),
  }`,
  example: `import assert from 'node:assert/strict';
import { openFooConfig } from '{{package}}';

const config = await openFooConfig({ address: 'readme' });
const { signal } = new AbortController();
await config.set('shop/limits.json', '{"requests":100}', { signal });
assert.equal((await config.get('shop/limits.json', { signal }))?.text, '{"requests":100}');
await config.close();`,
  options: '| `address` | `default` | Which backend is meant: all who open the same one see the same texts |',
};
