import { settle } from '@weft/conformance';
import { WeftError } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { cacheScene, gate, get, type Said } from '../test/cache-scene.js';

/** A scene whose loads wait until the gate is open. */
function held(said: (count: number) => Said | Promise<Said> = () => ({})) {
  const scene = cacheScene({ ttl: '1m' });
  const { passed, open } = gate();
  scene.says = async () => {
    const count = scene.asked.length;
    await passed;
    return said(count);
  };
  return { ...scene, open };
}

const sources = (answers: readonly string[]) => answers.map((answer) => answer.split(':')[0]);

describe('those who ask for the same at once', () => {
  it('R66 make one upstream call when 100 miss', async () => {
    const { ask, asked, open } = held();
    const all = Promise.all(Array.from({ length: 100 }, () => ask()));
    open();
    const answers = await all;
    expect(asked).toHaveLength(1);
    expect(new Set(answers)).toEqual(new Set(['miss: answer 1', 'shared: answer 1']));
    expect(sources(answers).filter((source) => source === 'miss')).toHaveLength(1);
  });

  it('R66 share no load across users, and none across variants', async () => {
    const { ask, asked, open } = held(() => ({ headers: { vary: 'accept-language' } }));
    const headers = ['ada en', 'ada de', 'bob en'].map((both) => {
      const [user = '', language = ''] = both.split(' ');
      return ['authorization', user, 'accept-language', language];
    });
    const all = Promise.all([...headers, ...headers].map((each) => ask(get('/me', each))));
    open();
    const answers = (await all).map((answer) => answer.split(': ')[1]);
    expect(asked).toHaveLength(3);
    expect(answers.slice(3)).toEqual(answers.slice(0, 3));
    expect(new Set(answers).size).toBe(3);
  });

  it('get copies: nobody changes what another one gets', async () => {
    for (const status of [200, 500]) {
      const { cache, load, open } = held(() => ({ status }));
      const loading = load([]);
      const both = Promise.all([cache.through(get(), {}, () => loading), cache.through(get(), {}, load)]);
      open();
      const [first, second] = await both;
      first.reply.body.fill(0);
      (await loading).body.fill(0);
      expect(Buffer.from(second.reply.body).toString()).toBe('answer 1');
    }
  });

  it('share a failure too, each as an error of its own, and nothing is kept', async () => {
    const failure = new WeftError('WEFT_UNAVAILABLE', 'reset', { ambiguous: true, failure: 'reset' });
    const { ask, asked, cache, open } = held(() => Promise.reject(failure));
    const all = Promise.allSettled([ask(), ask(), ask()]);
    open();
    const errors = (await all).map((result) => (result.status === 'rejected' ? result.reason : undefined));
    for (const error of errors) {
      expect(error).toBeInstanceOf(WeftError);
      expect(error).toMatchObject({ code: 'WEFT_UNAVAILABLE', message: 'reset', ambiguous: true, failure: 'reset' });
    }
    expect(new Set(errors).size).toBe(3);
    expect(errors[0]).toBe(failure);
    expect(errors[1].cause).toBe(failure);
    expect([asked.length, cache.size]).toEqual([1, 0]);
  });

  it('share an answer of a service that fails, so that it is not hit once for each of them', async () => {
    const { ask, asked, open } = held(() => ({ status: 503, headers: { 'cache-control': 'no-store' } }));
    const all = Promise.all(Array.from({ length: 10 }, () => ask()));
    open();
    await all;
    expect(asked).toHaveLength(1);
  });

  it.each<Said>([{ headers: { 'cache-control': 'no-store' } }, { headers: { vary: '*' } }, { headers: { 'set-cookie': 'a=1' } }])(
    'share no answer such as %j: each loads its own, at the same time, and the next ones do not wait first',
    async (said) => {
      const { ask, asked, open } = held(() => said);
      const first = Promise.all(Array.from({ length: 10 }, () => ask()));
      await settle();
      expect(asked).toHaveLength(1);
      open();
      expect(new Set(await first).size).toBe(10);
      for (const count of [20, 30]) {
        const next = Array.from({ length: 10 }, () => ask());
        expect(asked).toHaveLength(count);
        expect(new Set(await Promise.all(next)).size).toBe(10);
      }
    },
  );

  it('come together again when the answers can be shared again', async () => {
    const { ask, asked, open } = held((count) => (count > 2 ? {} : { headers: { 'cache-control': 'no-store' } }));
    const first = Promise.all([ask(), ask()]);
    open();
    await first;
    expect([await ask(), await ask()]).toEqual(['miss: answer 3', 'hit: answer 3']);
    expect(asked).toHaveLength(3);
  });

  it('wait no more than twice for answers that vary differently each time', async () => {
    const scene = cacheScene();
    scene.says = () => {
      const headers = { vary: `x-${scene.asked.length}` };
      return new Promise((resolve) => scene.clock.setTimer(100, () => resolve({ headers })));
    };
    const names = [1, 2, 3, 4, 5, 6, 7, 8];
    const all = names.map((own) =>
      scene.ask(
        get(
          '/',
          names.flatMap((name) => [`x-${name}`, String(name === own)]),
        ),
      ),
    );
    await scene.clock.advance(300);
    expect([scene.asked.length, scene.clock.pendingTimers()]).toEqual([8, 0]);
    expect(new Set(await Promise.all(all)).size).toBe(8);
  });
});

describe('a load', () => {
  it('is not joined by who refreshes; who asks next joins the newer one, and that is kept', async () => {
    const scene = cacheScene({ ttl: '1m' });
    const gates = [gate(), gate()];
    scene.says = async () => {
      await gates[scene.asked.length - 1]?.passed;
      return {};
    };
    const older = scene.ask();
    const newer = scene.ask(get('/users/7', ['cache-control', 'no-cache']));
    const joined = scene.ask();
    gates[1]?.open();
    expect([await newer, await joined]).toEqual(['miss: answer 2', 'shared: answer 2']);
    gates[0]?.open();
    expect(await older).toBe('miss: answer 1');
    expect(await scene.ask()).toBe('hit: answer 2');
  });

  it('goes on when nobody waits for it any more', async () => {
    const { ask, open } = held();
    const gone = new AbortController();
    const impatient = Promise.race([ask(), new Promise((_, reject) => gone.signal.addEventListener('abort', reject))]);
    gone.abort();
    await expect(impatient).rejects.toBeDefined();
    open();
    await settle();
    expect(await ask()).toBe('hit: answer 1');
  });

  it('that throws at once rejects as one that rejects', async () => {
    const { cache } = cacheScene();
    const load = () => {
      throw new WeftError('WEFT_CLOSED', 'closed');
    };
    await expect(cache.through(get(), {}, load)).rejects.toMatchObject({ code: 'WEFT_CLOSED' });
  });
});
