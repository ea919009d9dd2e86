import assert from 'node:assert/strict';
import { systemClock } from '@weft/core';
import type { RegistryCase } from './registry-bench.js';

/** A record lives as long as it is asserted, and the newest claimant of an id holds it. */
export const leaseCases: readonly RegistryCase[] = [
  {
    name: 'resolves a put to the TTL that is in effect, which is not below the one asked for',
    async run(bench) {
      const driver = await bench.open();
      const askedMs = bench.ttlMs(driver);
      const { ttlMs } = await bench.put(driver, bench.record(), askedMs);
      assert.ok(ttlMs >= askedMs, `asked for ${askedMs} ms, got ${ttlMs} ms`);
    },
  },
  {
    name: 'keeps a record for as long as beats come, well past its TTL',
    async run(bench) {
      const [writer, reader] = [await bench.open(), await bench.open()];
      const [record, ttlMs] = [bench.record(), bench.ttlMs(writer)];
      const { ttlMs: grantedMs } = await bench.put(writer, record, ttlMs);
      const follower = await bench.follow(reader);
      await bench.eventually('the record is seen', reader, () => assert.deepEqual(follower.ids(), [record.id]));
      const seen = follower.events.length;
      for (let beat = 0; beat < 10; beat++) {
        await bench.pause(grantedMs / 4);
        await bench.put(writer, record, ttlMs);
      }
      const removals = follower.events.slice(seen).filter((event) => !('list' in event && event.list.length > 0));
      assert.deepEqual(removals, [], 'beats cause no event');
      assert.deepEqual(follower.ids(), [record.id]);
    },
  },
  {
    name: 'drops a record that is no longer asserted when its TTL is over, and not before',
    async run(bench) {
      const [writer, reader] = [await bench.open(), await bench.open()];
      const [record, ttlMs] = [bench.record(), bench.ttlMs(writer)];
      const startedAt = systemClock.now();
      await bench.put(writer, record, ttlMs);
      await bench.eventually('the record is listed', reader, async () => assert.deepEqual(await bench.ids(reader), [record.id]));
      await bench.eventually(
        'it is gone',
        reader,
        async () => assert.deepEqual(await bench.ids(reader), []),
        bench.goneWithinMs(writer),
      );
      const livedMs = systemClock.now() - startedAt;
      assert.ok(livedMs >= ttlMs - writer.supports.ttlGranularityMs, `gone after ${livedMs} ms of a TTL of ${ttlMs} ms`);
    },
  },
  {
    name: 'brings a record back with the next beat after it was lost',
    async run(bench) {
      const [writer, other] = [await bench.open(), await bench.open()];
      const [record, ttlMs] = [bench.record(), bench.ttlMs(writer)];
      await bench.put(writer, record, ttlMs);
      await bench.eventually(
        'it expires',
        writer,
        async () => assert.deepEqual(await bench.ids(writer), []),
        bench.goneWithinMs(writer),
      );
      await bench.put(writer, record);
      await bench.eventually('it is back', other, async () => assert.deepEqual(await bench.ids(other), [record.id]));
      await bench.remove(other, { name: record.name, id: record.id });
      await bench.eventually('it was removed', other, async () => assert.deepEqual(await bench.ids(other), []));
      await bench.put(writer, record);
      await bench.eventually('it is back again', other, async () => assert.deepEqual(await bench.ids(other), [record.id]));
    },
  },
  {
    name: 'publishes a changed record without a moment in which it is missing',
    async run(bench) {
      const [writer, reader] = [await bench.open(), await bench.open()];
      const record = bench.record();
      await bench.put(writer, record);
      const follower = await bench.follow(reader);
      await bench.eventually('the record is seen', reader, () => assert.deepEqual(follower.ids(), [record.id]));
      const seen = follower.events.length;
      for (const version of ['2', '3', '4', '5']) await bench.put(writer, { ...record, version, metadata: { version } });
      await bench.put(writer, { ...record, version: '6', status: 'draining' });
      await bench.eventually('the change is seen', reader, () => {
        assert.equal(follower.records.get(record.id)?.version, '6');
        assert.equal(follower.records.get(record.id)?.status, 'draining');
      });
      const gaps = follower.events
        .slice(seen)
        .filter((event) => 'removed' in event || ('list' in event && event.list.length === 0));
      assert.deepEqual(gaps, []);
      assert.deepEqual(await bench.ids(reader), [record.id]);
    },
  },
  {
    name: 'gives an id to the greater incarnation and refuses the smaller one with WEFT_CONFLICT',
    async run(bench) {
      const [older, newer] = [await bench.open(), await bench.open()];
      const record = bench.record({ incarnation: '0a', host: '10.0.0.1' });
      const successor = { ...record, incarnation: '0b', host: '10.0.0.2' };
      await bench.put(older, record);
      await bench.put(newer, successor);
      await bench.eventually('the older one is refused', older, () =>
        assert.rejects(bench.put(older, record), { code: 'WEFT_CONFLICT' }),
      );
      const listed = await bench.list(newer);
      assert.deepEqual(
        listed.map(({ host }) => host),
        ['10.0.0.2'],
      );
    },
  },
  {
    name: 'spares a record of another incarnation than the one to be removed',
    async run(bench) {
      const driver = await bench.open();
      const record = bench.record({ incarnation: '0b' });
      await bench.put(driver, record);
      await bench.remove(driver, { name: record.name, id: record.id, incarnation: '0a' });
      await bench.pause(driver.supports.propagationMs);
      assert.deepEqual(await bench.ids(driver), [record.id]);
      await bench.remove(driver, { name: record.name, id: record.id, incarnation: '0b' });
      await bench.eventually('it is removed', driver, async () => assert.deepEqual(await bench.ids(driver), []));
    },
  },
];
