import { type IdempotencyStore, type StoredAnswer, systemClock, WeftError } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { type IdempotencyTarget, idempotencySuite, runSuite } from './index.js';

interface Entry {
  token: string;
  readonly fingerprint: string;
  untilAt: number;
  answer?: StoredAnswer;
}

/** What the stores of one test share. */
class Entries {
  readonly all = new Map<string, Entry>();
  private claims = 0;

  live(key: string): Entry | undefined {
    const entry = this.all.get(key);
    return entry && entry.untilAt > systemClock.now() ? entry : undefined;
  }

  /** The claim, while it is that of the token. */
  owned(key: string, token: string): Entry | undefined {
    const entry = this.live(key);
    return entry && !entry.answer && entry.token === token ? entry : undefined;
  }

  nextToken(): string {
    return `token ${++this.claims}`;
  }
}

type Broken = (store: IdempotencyStore, entries: Entries) => Partial<IdempotencyStore>;

/** The smallest store that keeps the contract; `broken` replaces what is to be found out. */
function openOn(entries: Entries, broken: Broken = () => ({})): IdempotencyStore {
  let isClosed = false;
  const whileOpen = async <T>(operation: () => T): Promise<T> => {
    if (isClosed) throw new WeftError('WEFT_CLOSED', 'closed');
    return operation();
  };
  const store: IdempotencyStore = {
    supports: { multiProcess: false },
    claim: (key, { fingerprint, leaseMs }) =>
      whileOpen(() => {
        const now = systemClock.now();
        const entry = entries.live(key);
        if (entry?.answer) return { state: 'done', fingerprint: entry.fingerprint, answer: entry.answer };
        if (entry) return { state: 'running', fingerprint: entry.fingerprint, leftMs: entry.untilAt - now };
        const token = entries.nextToken();
        entries.all.set(key, { token, fingerprint, untilAt: now + leaseMs });
        return { state: 'claimed', token };
      }),
    renew: (key, token, { leaseMs }) =>
      whileOpen(() => {
        const entry = entries.owned(key, token);
        if (entry) entry.untilAt = systemClock.now() + leaseMs;
        return entry !== undefined;
      }),
    complete: (key, token, { answer, ttlMs }) =>
      whileOpen(() => {
        const entry = entries.owned(key, token);
        if (entry) Object.assign(entry, { answer, untilAt: systemClock.now() + ttlMs });
        return entry !== undefined;
      }),
    release: (key, token) =>
      whileOpen(() => {
        if (entries.owned(key, token)) entries.all.delete(key);
      }),
    async close() {
      isClosed = true;
    },
  };
  return { ...store, ...broken(store, entries) };
}

async function failuresOf(broken: Broken): Promise<string[]> {
  const entries = new Entries();
  const { cases } = await runSuite((runner) => idempotencySuite(runner, { open: () => openOn(entries, broken) }));
  return cases.filter(({ outcome }) => outcome === 'failed').map(({ name }) => name);
}

describe.concurrent('idempotencySuite', { timeout: 60_000 }, () => {
  it('passes a store that keeps the contract, and lists what its target does not offer', async () => {
    const entries = new Entries();
    const target: IdempotencyTarget = { open: () => openOn(entries), wipe: async () => entries.all.clear() };
    const report = await runSuite((runner) => idempotencySuite(runner, target));
    expect(report.cases.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
    expect(report.notOffered).toEqual(['restart']);
  });

  it.each<[string, Broken, string]>([
    [
      'looks and then claims',
      (store, entries) => ({
        async claim(key, options) {
          const isFree = !entries.live(key);
          await Promise.resolve();
          if (isFree) entries.all.delete(key);
          return store.claim(key, options);
        },
      }),
      'gives a key to one of many who claim it at once',
    ],
    [
      'gives the same token each time',
      (store, entries) => ({
        async claim(key, options) {
          const claim = await store.claim(key, options);
          const entry = entries.all.get(key);
          if (claim.state !== 'claimed' || !entry) return claim;
          entry.token = 'same';
          return { state: 'claimed', token: 'same' };
        },
      }),
      'does nothing for who comes back when somebody else is at it',
    ],
    [
      'keeps an answer after the lease, because nobody else has come',
      (store, entries) => ({
        async complete(key, token, { answer, ttlMs, signal }) {
          const entry = entries.all.get(key);
          if (entry?.token === token && !entry.answer) entry.untilAt = systemClock.now() + 1_000;
          return store.complete(key, token, { answer, ttlMs, signal });
        },
      }),
      'does nothing for who comes back when the lease is over: no renewal, no answer, also while nobody else is at it',
    ],
    [
      'releases whatever stands under the key',
      (_, entries) => ({ release: async (key) => void entries.all.delete(key) }),
      'keeps the first answer, whatever its owner does after that',
    ],
    [
      'keeps bodies as text',
      (store) => ({
        complete: (key, token, { answer, ttlMs, signal }) => {
          const body = Buffer.from(Buffer.from(answer.body).toString());
          return store.complete(key, token, { answer: { ...answer, body }, ttlMs, signal });
        },
      }),
      'gives an answer back to everybody, byte by byte, with the fingerprint of its request',
    ],
    [
      'keeps the buffer that it was given a part of',
      (store) => ({
        complete: (key, token, { answer, ttlMs, signal }) =>
          store.complete(key, token, { answer: { ...answer, body: new Uint8Array(answer.body.buffer) }, ttlMs, signal }),
      }),
      'keeps what is part of a larger buffer, and nothing of the rest',
    ],
    [
      'tells the fingerprint of who asks',
      (store) => ({
        async claim(key, options) {
          const claim = await store.claim(key, options);
          return claim.state === 'claimed' ? claim : { ...claim, fingerprint: options.fingerprint };
        },
      }),
      'gives a free key to whoever claims it, and tells all others that somebody is at it, what for, and for how long',
    ],
    [
      'renews for a moment only',
      (store) => ({ renew: (key, token, { signal }) => store.renew(key, token, { signal, leaseMs: 300 }) }),
      'lets a claim live on as long as it is renewed, and from then on for the lease',
    ],
    [
      'forgets answers when the lease is over',
      (store, entries) => ({
        async complete(key, token, options) {
          const entry = entries.all.get(key);
          const untilAt = entry?.untilAt ?? 0;
          const isKept = await store.complete(key, token, options);
          if (isKept && entry) entry.untilAt = untilAt;
          return isKept;
        },
      }),
      'keeps the first answer, whatever its owner does after that',
    ],
    [
      'works on after it was closed',
      () => ({ close: async () => {} }),
      'refuses every operation after it was closed with WEFT_CLOSED, and may be closed twice',
    ],
  ])('finds out a store that %s', async (_, broken, sentence) => {
    expect(await failuresOf(broken)).toContain(sentence);
  });
});
