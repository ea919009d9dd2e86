import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import type { RegistryCase } from './registry-bench.js';

/** A watch tells the whole truth: a list first, every change, and above all that something has gone. */
export const watchCases: readonly RegistryCase[] = [
  {
    name: 'begins with a list, which is empty for an unknown service',
    async run(bench) {
      const follower = await bench.follow(await bench.open());
      assert.deepEqual(follower.events[0], { list: [] });
    },
  },
  {
    name: 'tells of an instance that comes, changes and goes',
    async run(bench) {
      const [writer, reader] = [await bench.open(), await bench.open()];
      const [stays, record] = [bench.record({ id: 'stays' }), bench.record({ id: 'moves' })];
      await bench.put(writer, stays);
      const follower = await bench.follow(reader);
      await bench.put(writer, record);
      await bench.eventually('it comes', reader, () => assert.deepEqual(follower.ids(), ['moves', 'stays']));
      await bench.put(writer, { ...record, weight: 7 });
      await bench.eventually('it changes', reader, () => assert.equal(follower.records.get('moves')?.weight, 7));
      await bench.remove(writer, record);
      await bench.eventually('it goes', reader, () => assert.deepEqual(follower.ids(), ['stays']));
    },
  },
  {
    name: 'tells that the last instance has gone',
    async run(bench) {
      const [writer, reader] = [await bench.open(), await bench.open()];
      const record = bench.record();
      await bench.put(writer, record);
      const follower = await bench.follow(reader);
      await bench.eventually('it is seen', reader, () => assert.deepEqual(follower.ids(), [record.id]));
      await bench.remove(writer, record);
      await bench.eventually('the last one goes', reader, () => assert.deepEqual(follower.ids(), []));
    },
  },
  {
    name: 'tells of an instance whose lease has run out',
    async run(bench) {
      const [writer, reader] = [await bench.open(), await bench.open()];
      const record = bench.record();
      const follower = await bench.follow(reader);
      await bench.put(writer, record, bench.ttlMs(writer));
      await bench.eventually('it comes', reader, () => assert.deepEqual(follower.ids(), [record.id]));
      await bench.eventually('it goes', reader, () => assert.deepEqual(follower.ids(), []), bench.goneWithinMs(writer));
    },
  },
  {
    name: 'tells nothing about other services',
    async run(bench) {
      const [writer, reader] = [await bench.open(), await bench.open()];
      const follower = await bench.follow(reader);
      await bench.put(writer, bench.record({ id: 'foreign', name: `${bench.service}-2` }));
      await bench.put(writer, bench.record({ id: 'own' }));
      await bench.eventually('its own comes', reader, () => assert.deepEqual(follower.ids(), ['own']));
      assert.ok(!JSON.stringify(follower.events).includes('foreign'));
    },
  },
  {
    name: 'tells of all services when no name is given',
    async run(bench) {
      const [writer, reader] = [await bench.open(), await bench.open()];
      const follower = await bench.followAll(reader);
      assert.ok(follower.events[0] && 'list' in follower.events[0], 'a watch begins with a list');
      const record = bench.record();
      await bench.put(writer, record);
      await bench.eventually('it comes', reader, () => assert.ok(follower.records.has(record.id), `${record.id} is not told`));
    },
  },
  {
    name: 'misses nothing of what happens while it begins',
    async run(bench) {
      const [writer, reader] = [await bench.open(), await bench.open()];
      const records = Array.from({ length: 30 }, (_, at) => bench.record({ id: `id-${at}` }));
      const puts = records.map((record) => bench.put(writer, record));
      const follower = await bench.follow(reader);
      await Promise.all(puts);
      await Promise.all(records.slice(0, 10).map((record) => bench.remove(writer, record)));
      const left = records.slice(10).map(({ id }) => id);
      await bench.eventually('all is told', reader, () => assert.deepEqual(follower.ids(), left.sort()));
    },
  },
  {
    name: 'serves several watches of one service, and goes on for the others when one ends',
    async run(bench) {
      const [writer, reader] = [await bench.open(), await bench.open()];
      const [first, second] = [await bench.follow(reader), await bench.follow(reader)];
      await first.stop();
      const record = bench.record();
      await bench.put(writer, record);
      await bench.eventually('the other is told', reader, () => assert.deepEqual(second.ids(), [record.id]));
      assert.deepEqual(first.ids(), []);
    },
  },
  {
    name: 'ends without an error when its signal is aborted, and listens to it no longer',
    async run(bench) {
      const driver = await bench.open();
      const control = new AbortController();
      const watch = driver.watch(bench.service, { signal: control.signal })[Symbol.asyncIterator]();
      await watch.next();
      const next = watch.next();
      control.abort();
      assert.equal((await next).done, true);
      assert.deepEqual(getEventListeners(control.signal, 'abort'), []);
      for await (const event of driver.watch(bench.service, { signal: control.signal })) assert.ok('list' in event);
    },
  },
];
