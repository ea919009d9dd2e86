import { instanceRecord, seededRandom } from '@weft/conformance';
import { describe, expect, it } from 'vitest';
import { cacheScene, gate, get } from '../test/cache-scene.js';
import { KeptReply } from './kept-reply.js';
import { placeOf } from './place.js';
import { ReplyStore } from './reply-store.js';

describe('the bounds of a cache', () => {
  it('hold by count: what was not used for the longest time goes', async () => {
    const { ask, cache } = cacheScene({ ttl: '1m', maxEntries: 3 });
    for (const path of ['/1', '/2', '/3', '/1', '/4']) await ask(get(path));
    expect(cache.size).toBe(3);
    expect(await ask(get('/1'))).toMatch(/^hit/);
    expect(await ask(get('/2'))).toMatch(/^miss/);
  });

  it('hold by bytes, whatever comes', async () => {
    const seed = 66;
    const random = seededRandom(seed);
    const scene = cacheScene({ ttl: '1m', maxBytes: 100_000, maxEntryBytes: 20_000 });
    const pick = (from: number) => Math.floor(random() * from);
    scene.says = () => ({ headers: { vary: ['', 'accept', '*'][pick(3)] }, body: 'x'.repeat(pick(30_000)) });
    for (let n = 0; n < 2_000; n++) {
      const request = get(`/${pick(50)}?q=${pick(3)}`, ['accept', String(pick(4))]);
      if (pick(10) === 0) scene.cache.invalidate(request);
      else await scene.ask(request);
      expect(scene.cache.bytes, `seed ${seed}, step ${n}`).toBeLessThanOrEqual(100_000);
    }
    for (let n = 0; n < 50; n++) scene.cache.invalidate(get(`/${n}`));
    expect([scene.cache.size, scene.cache.bytes], `seed ${seed}`).toEqual([0, 0]);
  });

  it('hold for what is known of the paths, too', () => {
    const store = new ReplyStore(10, 10_000);
    for (let n = 0; n < 100; n++) {
      const body = new Uint8Array(n % 2 === 0 ? 10 : 20_000);
      const reply = { status: 200, headers: {}, body, instance: instanceRecord('users-1') };
      store.keep(placeOf(get(`/${n}`), []), [], new KeptReply(reply, 0, 1));
    }
    expect([store.size, store.paths]).toEqual([10, 10]);
    store.clear();
    expect([store.size, store.paths, store.bytes]).toEqual([0, 0, 0]);
  });

  it('keep no body that is too large, nor what it replaces', async () => {
    const scene = cacheScene({ ttl: '1m', maxEntryBytes: 10 });
    scene.says = () => ({ body: '0123456789' });
    await scene.ask();
    scene.says = () => ({ body: '0123456789a' });
    expect(await scene.ask(get('/users/7', ['cache-control', 'no-cache']))).toBe('miss: 0123456789a');
    expect(scene.stale()).toBeUndefined();
  });
});

describe('a write', () => {
  it('makes old what is kept under its path: any query, user and variant of it, and nothing else', async () => {
    const scene = cacheScene({ ttl: '1m' });
    scene.says = () => ({ headers: { vary: 'accept' } });
    const same = [get('/a'), get('/a?x=1'), get('/a', ['authorization', 'b']), get('/a', ['accept', 'c'])];
    const others = [get('/a/b'), get('/'), get('/a', [], { service: 'orders' })];
    for (const request of [...same, ...others]) await scene.ask(request);
    scene.cache.invalidate(get('/a?y=2', [], { method: 'POST' }));
    for (const request of others) expect(await scene.ask(request)).toMatch(/^hit/);
    for (const request of same) expect(scene.stale(request)).toBeUndefined();
  });

  it('keeps what is being loaded from being kept, and from whoever asks after it', async () => {
    const scene = cacheScene({ ttl: '1m' });
    const slow = gate();
    scene.says = async () => {
      if (scene.asked.length === 1) await slow.passed;
      return {};
    };
    const before = [scene.ask(), scene.ask()];
    scene.cache.invalidate(get('/users/7', [], { method: 'PUT' }));
    expect(await scene.ask()).toBe('miss: answer 2');
    slow.open();
    expect(await Promise.all(before)).toEqual(['miss: answer 1', 'shared: answer 1']);
    expect(await scene.ask()).toBe('hit: answer 2');
  });

  it('is forgotten with everything else by clear()', async () => {
    const scene = cacheScene({ ttl: '1m' });
    const slow = gate();
    scene.says = () => slow.passed.then(() => ({}));
    const loading = scene.ask(get('/slow'));
    scene.says = () => ({});
    await scene.ask();
    scene.cache.clear();
    slow.open();
    await loading;
    expect([scene.cache.size, scene.stale(get('/slow')), scene.stale()]).toEqual([0, undefined, undefined]);
  });
});
