import { type ConfigDriver, type ConfigEvent, WeftError } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { type ConfigTarget, configSuite, runSuite } from './index.js';

/** Texts that the drivers of one test share. */
class Store {
  readonly texts = new Map<string, string>();
  readonly past = new Map<string, string[]>();
  readonly listeners = new Set<(key: string) => void>();

  write(key: string, text: string | undefined): void {
    if (text === undefined) this.texts.delete(key);
    else this.texts.set(key, text);
    if (text !== undefined) this.past.set(key, [text, ...(this.past.get(key) ?? [])]);
    for (const listener of this.listeners) listener(key);
  }
}

/** The smallest driver that keeps the contract; `broken` replaces what is to be found out. */
function openOn(store: Store, broken: (driver: ConfigDriver) => Partial<ConfigDriver> = () => ({})): ConfigDriver {
  const closing = new AbortController();
  const isBelow = (key: string, prefix: string) => prefix === '' || key === prefix || key.startsWith(`${prefix}/`);
  const entry = (key: string) => ({ key, text: store.texts.get(key) ?? '' });
  const refuseWhenClosed = () => {
    if (closing.signal.aborted) throw new WeftError('WEFT_CLOSED', 'closed');
  };
  const driver: ConfigDriver = {
    supports: { propagationMs: 0, multiProcess: false, history: true },
    async get(key) {
      refuseWhenClosed();
      return store.texts.has(key) ? entry(key) : undefined;
    },
    async set(key, text) {
      refuseWhenClosed();
      store.write(key, text);
    },
    async remove(key) {
      refuseWhenClosed();
      if (store.texts.has(key)) store.write(key, undefined);
    },
    async list(prefix) {
      refuseWhenClosed();
      return [...store.texts.keys()].filter((key) => isBelow(key, prefix)).map(entry);
    },
    history: async (key) => (store.past.get(key) ?? []).map((text) => ({ key, text })),
    async *watch(prefix, { signal }): AsyncGenerator<ConfigEvent> {
      const ended = AbortSignal.any([signal, closing.signal]);
      const changed = new Set<string>();
      let wake = () => {};
      const listen = (key: string) => {
        if (isBelow(key, prefix)) changed.add(key);
        wake();
      };
      ended.addEventListener('abort', () => wake(), { once: true });
      store.listeners.add(listen);
      try {
        if (!ended.aborted) yield { list: await driver.list(prefix, { signal }) };
        while (!ended.aborted) {
          const [key] = changed;
          if (key === undefined) {
            await new Promise<void>((resolve) => {
              wake = resolve;
            });
          } else {
            changed.delete(key);
            yield store.texts.has(key) ? { put: entry(key) } : { removed: key };
          }
        }
      } finally {
        store.listeners.delete(listen);
      }
    },
    close: async () => closing.abort(),
  };
  return { ...driver, ...broken(driver) };
}

async function failuresOf(broken?: (driver: ConfigDriver, store: Store) => Partial<ConfigDriver>): Promise<string[]> {
  const store = new Store();
  const open = () => openOn(store, (driver) => broken?.(driver, store) ?? {});
  const { cases } = await runSuite((runner) => configSuite(runner, { open }));
  return cases.filter(({ outcome }) => outcome === 'failed').map(({ name }) => name);
}

describe('configSuite', () => {
  it('passes a driver that keeps the contract, and lists what its target does not offer', async () => {
    const store = new Store();
    const target: ConfigTarget = { open: () => openOn(store), write: async (key, text) => store.write(key, text) };
    const report = await runSuite((runner) => configSuite(runner, target));
    expect(report.cases.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
    expect(report.notOffered).toEqual(['wipe', 'restart']);
  });

  it.each<[string, (driver: ConfigDriver, store: Store) => Partial<ConfigDriver>, string]>([
    [
      'trims texts',
      (driver) => ({ set: (key, text, options) => driver.set(key, text.trim(), options) }),
      'gives back a text unchanged, also in another driver',
    ],
    [
      'refuses texts that are no JSON',
      (driver) => ({
        set: async (key, text, options) =>
          driver.set(key, key.endsWith('.json') ? JSON.stringify(JSON.parse(text)) : text, options),
      }),
      'does not look into a text: what is no JSON can stand under .json',
    ],
    [
      'takes a prefix for a beginning',
      (_, store) => ({
        list: async (prefix) => {
          return [...store.texts].filter(([key]) => key.startsWith(prefix)).map(([key, text]) => ({ key, text }));
        },
      }),
      'lists what stands below a prefix, and not below a longer word',
    ],
    [
      'fails to remove what is not there',
      (driver) => ({
        async remove(key, options) {
          if (!(await driver.get(key, options))) throw new WeftError('WEFT_REGISTRY_UNAVAILABLE', 'not found');
          await driver.remove(key, options);
        },
      }),
      'removes a key, and a second time is no failure',
    ],
    [
      'says that it has no history and has one',
      ({ supports }) => ({ supports: { ...supports, history: false } }),
      'has `history` exactly when it says so',
    ],
    [
      'works on after it was closed',
      () => ({ close: async () => {} }),
      'ends its watches when it is closed, and refuses every operation after that with WEFT_CLOSED',
    ],
  ])('finds out a driver that %s', { timeout: 30_000 }, async (_, broken, sentence) => {
    expect(await failuresOf(broken)).toContain(sentence);
  });
});
