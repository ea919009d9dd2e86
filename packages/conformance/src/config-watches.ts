import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import type { ConfigEvent } from '@weft/core';
import type { ConfigBench, ConfigCase, ConfigFollower } from './config-bench.js';

const MANY = 300;

/** A watch tells the whole truth: a list first, every change that lasts, and above all that something has gone. */
export const configWatchCases: readonly ConfigCase[] = [
  {
    name: 'begins with a list, which is empty for a prefix with nothing below it',
    async run(bench) {
      const driver = await bench.open();
      assert.deepEqual((await bench.follow(driver)).events[0], { list: [] });
      await bench.set(driver, 'shop/a.json', '1');
      const [first] = (await bench.follow(await bench.open(), bench.key('shop'))).events;
      assert.ok(first && 'list' in first);
      assert.deepEqual([first.list.length, first.list[0]?.key, first.list[0]?.text], [1, bench.key('shop/a.json'), '1']);
    },
  },
  {
    name: 'tells of what anybody sets, changes and removes, one event each',
    async run(bench) {
      const [writer, reader] = [await bench.open(), await bench.open()];
      const follower = await bench.follow(reader);
      const told = (event: ConfigEvent) => bench.eventually('it is told', reader, () => assertLast(follower, event));
      await bench.set(writer, 'shop/a.json', '1');
      await told({ put: { key: bench.key('shop/a.json'), text: '1' } });
      await bench.set(writer, 'shop/a.json', '2');
      await told({ put: { key: bench.key('shop/a.json'), text: '2' } });
      await bench.set(reader, 'b.json', '3');
      await told({ put: { key: bench.key('b.json'), text: '3' } });
      await bench.remove(writer, 'shop/a.json');
      await told({ removed: bench.key('shop/a.json') });
      const lists = follower.events.filter((event) => 'list' in event).length;
      assert.ok(lists > 1 || follower.events.length === 1 + 4, `4 changes were told as ${follower.events.length - 1} events`);
    },
  },
  {
    name: 'tells that the last key has gone, and that it is back',
    async run(bench) {
      const [writer, reader] = [await bench.open(), await bench.open()];
      await bench.set(writer, 'a.json', '1');
      const follower = await bench.follow(reader);
      await bench.remove(writer, 'a.json');
      await bench.eventually('it goes', reader, () => assert.equal(follower.texts.size, 0));
      await bench.set(writer, 'a.json', '1');
      await bench.eventually('it is back', reader, () => assertTexts(bench, follower, { 'a.json': '1' }));
    },
  },
  {
    name: 'tells nothing about keys beside the prefix, and all about a prefix that is a key',
    async run(bench) {
      const [writer, reader] = [await bench.open(), await bench.open()];
      const [below, own] = [await bench.follow(reader, bench.key('shop')), await bench.follow(reader, bench.key('own.json'))];
      for (const key of ['shop2/foreign.json', 'foreign.json', 'own.json', 'shop/a.json']) await bench.set(writer, key, '1');
      await bench.eventually('what is below comes', reader, () => {
        assertTexts(bench, below, { 'shop/a.json': '1' });
        assertTexts(bench, own, { 'own.json': '1' });
      });
      assert.ok(!JSON.stringify([below.events, own.events]).includes('foreign'));
    },
  },
  {
    name: 'misses nothing of what happens while it begins',
    async run(bench) {
      const [writer, reader] = [await bench.open(), await bench.open()];
      const keys = Array.from({ length: 30 }, (_, at) => `k${at}.json`);
      const sets = keys.map((key) => bench.set(writer, key, '1'));
      const follower = await bench.follow(reader);
      await Promise.all(sets);
      await Promise.all(keys.slice(0, 10).map((key) => bench.remove(writer, key)));
      const left = Object.fromEntries(keys.slice(10).map((key) => [key, '1']));
      await bench.eventually('all is told', reader, () => assertTexts(bench, follower, left));
    },
  },
  {
    name: 'shows the last of many changes to every watcher',
    async run(bench) {
      const [writer, reader] = [await bench.open(), await bench.open()];
      const followers = [await bench.follow(reader), await bench.follow(reader), await bench.follow(writer)];
      for (let n = 1; n <= MANY; n++) await bench.set(writer, 'a.json', String(n));
      for (const follower of followers) {
        await bench.eventually('the last is seen', reader, () => assertTexts(bench, follower, { 'a.json': String(MANY) }));
      }
    },
  },
  {
    name: 'brings a reader that is slow up to date',
    async run(bench) {
      const [writer, reader] = [await bench.open(), await bench.open()];
      const control = new AbortController();
      const watch = reader.watch(bench.prefix, { signal: control.signal })[Symbol.asyncIterator]();
      assert.deepEqual((await watch.next()).value, { list: [] });
      for (let n = 1; n <= MANY; n++) await bench.set(writer, 'a.json', String(n));
      let text = '';
      while (text !== String(MANY)) text = textOf((await watch.next()).value);
      control.abort();
      assert.equal((await watch.next()).done, true);
    },
  },
  {
    name: 'serves several watches of one prefix, and goes on for the others when one ends',
    async run(bench) {
      const [writer, reader] = [await bench.open(), await bench.open()];
      const [first, second] = [await bench.follow(reader), await bench.follow(reader)];
      await first.stop();
      await bench.set(writer, 'a.json', '1');
      await bench.eventually('the other is told', reader, () => assertTexts(bench, second, { 'a.json': '1' }));
      assert.equal(first.texts.size, 0);
    },
  },
  {
    name: 'ends without an error when its signal is aborted, and listens to it no longer',
    async run(bench) {
      const driver = await bench.open();
      const control = new AbortController();
      const watch = driver.watch(bench.prefix, { signal: control.signal })[Symbol.asyncIterator]();
      await watch.next();
      const next = watch.next();
      control.abort();
      assert.equal((await next).done, true);
      assert.deepEqual(getEventListeners(control.signal, 'abort'), []);
      for await (const event of driver.watch(bench.prefix, { signal: control.signal })) assert.ok('list' in event);
    },
  },
  {
    name: 'tells of what another tool writes',
    needs: 'write',
    async run(bench) {
      const driver = await bench.open();
      const follower = await bench.follow(driver);
      for (const text of ['1', '22', '3']) {
        await bench.faults.write?.(bench.key('shop/a.json'), text);
        await bench.eventually('it is told', driver, () => assertTexts(bench, follower, { 'shop/a.json': text }));
      }
    },
  },
];

function assertTexts(bench: ConfigBench, { texts }: ConfigFollower, expected: Readonly<Record<string, string>>): void {
  const full = Object.entries(expected).map(([below, text]) => [bench.key(below), text]);
  assert.deepEqual(Object.fromEntries(texts), Object.fromEntries(full));
}

/** Whether the state is as `expected` makes it, told by such an event, or by a list after a resync. */
function assertLast({ events, texts }: ConfigFollower, expected: ConfigEvent): void {
  if ('put' in expected) assert.equal(texts.get(expected.put.key), expected.put.text);
  if ('removed' in expected) assert.equal(texts.has(expected.removed), false);
  const last = events.at(-1);
  assert.ok(last && ('list' in last || 'put' in last === 'put' in expected));
}

function textOf(event: ConfigEvent | undefined): string {
  assert.ok(event, 'the watch ended before it told the last text');
  if ('put' in event) return event.put.text;
  return 'list' in event ? (event.list[0]?.text ?? '') : '';
}
