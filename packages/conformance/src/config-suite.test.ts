import { type ConfigDriver, type ConfigEvent, WeftError } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { type ConfigTarget, configSuite, runSuite, settle } from './index.js';

/** Texts that the drivers of one test share. */
class Store {
  readonly texts = new Map<string, string>();
  readonly revisions = new Map<string, string>();
  readonly past = new Map<string, string[]>();
  readonly listeners = new Set<(key: string) => void>();
  private writes = 0;

  write(key: string, text: string | undefined): void {
    if (text === undefined) this.texts.delete(key);
    else this.texts.set(key, text);
    if (text === undefined) this.revisions.delete(key);
    else this.revisions.set(key, String(++this.writes));
    if (text !== undefined) this.past.set(key, [text, ...(this.past.get(key) ?? [])]);
    for (const listener of this.listeners) listener(key);
  }
}

/** The smallest driver that keeps the contract; `broken` replaces what is to be found out. */
function openOn(store: Store, broken: (driver: ConfigDriver) => Partial<ConfigDriver> = () => ({})): ConfigDriver {
  const closing = new AbortController();
  const isBelow = (key: string, prefix: string) => prefix === '' || key === prefix || key.startsWith(`${prefix}/`);
  const entry = (key: string) => ({ key, text: store.texts.get(key) ?? '', revision: store.revisions.get(key) ?? '' });
  const refuseWhenClosed = () => {
    if (closing.signal.aborted) throw new WeftError('WEFT_CLOSED', 'closed');
  };
  const driver: ConfigDriver = {
    supports: { propagationMs: 0, multiProcess: false, history: true, compareAndSet: true },
    async get(key) {
      refuseWhenClosed();
      return store.texts.has(key) ? entry(key) : undefined;
    },
    async set(key, text, { ifRevision }) {
      refuseWhenClosed();
      if (ifRevision !== undefined && ifRevision !== (store.revisions.get(key) ?? null)) {
        throw new WeftError('WEFT_CONFLICT', `not ${ifRevision}`);
      }
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
          return [...store.texts].filter(([key]) => key.startsWith(prefix)).map(([key, text]) => ({ key, text, revision: '1' }));
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
      'says that it heeds conditions, and writes all the same',
      (driver) => ({ set: (key, text, { signal }) => driver.set(key, text, { signal }) }),
      'refuses with WEFT_CONFLICT a revision that the value has no longer or never had, and changes and tells nothing',
    ],
    [
      'says that it heeds no conditions, and writes all the same',
      (driver) => ({
        supports: { ...driver.supports, compareAndSet: false },
        set: (key, text, { signal }) => driver.set(key, text, { signal }),
      }),
      'refuses a condition that it cannot heed with WEFT_INVALID_ARGUMENT, and writes nothing',
    ],
    [
      'reads, compares and then writes',
      (driver) => ({
        async set(key, text, { signal, ifRevision }) {
          const entry = await driver.get(key, { signal });
          if (ifRevision !== undefined) await settle();
          if (ifRevision !== undefined && ifRevision !== (entry?.revision ?? null)) throw new WeftError('WEFT_CONFLICT', 'other');
          await driver.set(key, text, { signal });
        },
      }),
      'lets one of many win who write at once on the same condition',
    ],
    [
      'takes the revision "0" for "while there is no value"',
      (driver) => ({
        set: (key, text, { signal, ifRevision }) =>
          driver.set(key, text, {
            signal,
            ...(ifRevision !== undefined && { ifRevision: ifRevision === '0' ? null : ifRevision }),
          }),
      }),
      'refuses with WEFT_CONFLICT every revision while there is no value, "0" too',
    ],
    [
      'takes an empty text for no value',
      (driver, store) => ({
        set: (key, text, options) => {
          if (options.ifRevision === null && store.texts.get(key) === '') store.write(key, undefined);
          return driver.set(key, text, options);
        },
      }),
      'takes null for "while there is no value": of an empty text there is one',
    ],
    [
      'lists revisions of its own',
      (driver) => ({
        list: async (prefix, options) => (await driver.list(prefix, options)).map((each) => ({ ...each, revision: 'listed' })),
      }),
      'gives an entry the same revision wherever it is read',
    ],
    [
      'gives a changed text the revision that it had',
      (driver) => ({
        get: async (key, options) => {
          const entry = await driver.get(key, options);
          return entry && { ...entry, revision: '1' };
        },
      }),
      'writes while the value has the revision that is named, and gives it another',
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
