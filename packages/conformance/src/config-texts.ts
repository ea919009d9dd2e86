import assert from 'node:assert/strict';
import { WeftError } from '@weft/core';
import type { ConfigCase } from './config-bench.js';

const TEXTS = [
  '{"n":1}',
  '',
  ' spaces \n\n',
  'a\r\nb\tc',
  'ünïcode 🦊',
  '"quoted" \\ $HOME %2F {{x}}',
  'null',
  '---\na: 1\n',
  'x'.repeat(100_000),
];
const ODD_KEYS = ['..', '../out', 'a/../../out', '.', 'a//b', 'a b', 'ä €', 'a%2Fb', '*', 'a:b', '__proto__', 'constructor', 'A'];

/** What the backend holds is what was set, under the key that it was set under. */
export const textCases: readonly ConfigCase[] = [
  {
    name: 'has nothing under a key that was never set',
    async run(bench) {
      const driver = await bench.open();
      assert.equal(await bench.get(driver, 'a.json'), undefined);
      assert.deepEqual(await bench.keys(driver), []);
    },
  },
  {
    name: 'gives back a text unchanged, also in another driver',
    async run(bench) {
      const [writer, reader] = [await bench.open(), await bench.open()];
      for (const text of TEXTS) {
        await bench.set(writer, 'shop/a.txt', text);
        await bench.eventually('the text is read', reader, async () => {
          const entry = await bench.get(reader, 'shop/a.txt');
          assert.deepEqual([entry?.key, entry?.text], [bench.key('shop/a.txt'), text]);
        });
      }
    },
  },
  {
    name: 'does not look into a text: what is no JSON can stand under .json',
    async run(bench) {
      const driver = await bench.open();
      for (const key of ['a.json', 'a.yaml', 'a.txt']) {
        await bench.set(driver, key, '{"half": "');
        assert.equal((await bench.get(driver, key))?.text, '{"half": "');
      }
    },
  },
  {
    name: 'finds under a key without suffix what was set under it',
    async run(bench) {
      const driver = await bench.open();
      for (const text of ['{"n":1}', 'plain', '{"n":2}']) {
        await bench.set(driver, 'a', text);
        assert.equal((await bench.get(driver, 'a'))?.text, text);
      }
      await bench.remove(driver, 'a');
      assert.equal(await bench.get(driver, 'a'), undefined);
    },
  },
  {
    name: 'keeps keys apart that begin alike',
    async run(bench) {
      const driver = await bench.open();
      const keys = ['a.json', 'a.txt', 'a.b.json', 'ab.json', 'a/b.json', 'b/a.json'];
      for (const key of keys) await bench.set(driver, key, `of ${key}`);
      for (const key of keys) assert.equal((await bench.get(driver, key))?.text, `of ${key}`);
      await bench.remove(driver, 'a.json');
      assert.deepEqual(await bench.keys(driver), keys.slice(1).map(bench.key, bench).sort());
    },
  },
  {
    name: 'holds a key of any characters, or refuses it with WEFT_INVALID_ARGUMENT',
    async run(bench) {
      const driver = await bench.open();
      const held: string[] = [];
      for (const key of ODD_KEYS) {
        await bench.set(driver, key, `of ${key}`).then(() => held.push(key), isRefusedKey);
      }
      for (const key of held) assert.equal((await bench.get(driver, key))?.text, `of ${key}`);
      assert.equal(Reflect.get({}, 'polluted'), undefined);
    },
  },
  {
    name: 'lists what stands below a prefix, and not below a longer word',
    async run(bench) {
      const driver = await bench.open();
      const texts = { 'a.json': '1', 'shop/b.json': '2', 'shop/deep/c.json': '3', 'shop2/d.json': '4' };
      for (const [key, text] of Object.entries(texts)) await bench.set(driver, key, text);
      assert.deepEqual(await bench.keys(driver), Object.keys(texts).map(bench.key, bench).sort());
      assert.deepEqual(await bench.keys(driver, bench.key('shop')), ['shop/b.json', 'shop/deep/c.json'].map(bench.key, bench));
      assert.deepEqual(await bench.keys(driver, bench.key('a.json')), [bench.key('a.json')]);
      const listed = await driver.list(bench.prefix, { signal: bench.signal });
      for (const entry of listed) assert.deepEqual(await driver.get(entry.key, { signal: bench.signal }), entry);
    },
  },
  {
    name: 'lists everything below an empty prefix',
    async run(bench) {
      const driver = await bench.open();
      await bench.set(driver, 'a.json', '1');
      assert.ok((await bench.keys(driver, '')).includes(bench.key('a.json')));
    },
  },
  {
    name: 'removes a key, and a second time is no failure',
    async run(bench) {
      const [driver, other] = [await bench.open(), await bench.open()];
      for (const key of ['a.json', 'b.json']) await bench.set(driver, key, '1');
      await bench.remove(other, 'a.json');
      await bench.eventually('it is gone', driver, async () => {
        assert.equal(await bench.get(driver, 'a.json'), undefined);
        assert.deepEqual(await bench.keys(driver), [bench.key('b.json')]);
      });
      await bench.remove(other, 'a.json');
      await bench.remove(driver, 'never/set.json');
    },
  },
  {
    name: 'gives a changed text another revision, if it gives revisions',
    async run(bench) {
      const driver = await bench.open();
      await bench.set(driver, 'a.json', '1');
      const before = await bench.get(driver, 'a.json');
      await bench.set(driver, 'a.json', '2');
      const after = await bench.get(driver, 'a.json');
      if (before?.revision !== undefined) assert.notEqual(after?.revision, before.revision);
      assert.equal(before?.revision === undefined, after?.revision === undefined);
    },
  },
  {
    name: 'has `history` exactly when it says so',
    async run(bench) {
      const driver = await bench.open();
      assert.equal(typeof driver.history, driver.supports.history ? 'function' : 'undefined');
    },
  },
  {
    name: 'remembers former texts of a key, newest first, and of no other',
    needs: 'history',
    async run(bench) {
      const driver = await bench.open();
      const history = async (key: string) => {
        return (await driver.history?.(bench.key(key), { signal: bench.signal }))?.map(({ text }) => text);
      };
      assert.deepEqual(await history('a.json'), []);
      for (const text of ['1', '2', '3']) await bench.set(driver, 'a.json', text);
      await bench.set(driver, 'a.json.json', 'other');
      assert.deepEqual(await history('a.json'), ['3', '2', '1']);
    },
  },
  {
    name: 'reads what another tool has written',
    needs: 'write',
    async run(bench) {
      const driver = await bench.open();
      await bench.faults.write?.(bench.key('shop/a.json'), '{"n":1}');
      await bench.eventually('it is read', driver, async () => {
        assert.equal((await bench.get(driver, 'shop/a.json'))?.text, '{"n":1}');
        assert.deepEqual(await bench.keys(driver), [bench.key('shop/a.json')]);
      });
    },
  },
];

function isRefusedKey(error: unknown): void {
  assert.ok(error instanceof WeftError && error.code === 'WEFT_INVALID_ARGUMENT', `refused with ${error}`);
}
