import assert from 'node:assert/strict';
import { WeftError } from '@weft/core';
import { ProcessResources } from './process-resources.js';
import type { RegistryBench, RegistryCase } from './registry-bench.js';

/** A backend that fails heals, and a driver that is closed leaves nothing behind. */
export const endingCases: readonly RegistryCase[] = [
  {
    name: 'holds what is asserted again after the backend lost everything, and tells watches of it',
    needs: 'wipe',
    async run(bench) {
      const [writer, reader] = [await bench.open(), await bench.open()];
      const record = bench.record();
      await bench.put(writer, record);
      const follower = await bench.follow(reader);
      await bench.eventually('it is seen', reader, () => assert.deepEqual(follower.ids(), [record.id]));
      await bench.faults.wipe?.();
      await assertedAgain(bench, { ...record, version: '2' });
      await bench.eventually('the watch has it', reader, () => assert.equal(follower.records.get(record.id)?.version, '2'));
      await bench.remove(writer, record);
      await bench.eventually('the watch goes on', reader, () => assert.deepEqual(follower.ids(), []));
    },
  },
  {
    name: 'works on after the backend was restarted, and tells watches of it',
    needs: 'restart',
    async run(bench) {
      const reader = await bench.open();
      const record = bench.record();
      const follower = await bench.follow(reader);
      await bench.faults.restart?.();
      await assertedAgain(bench, record);
      await bench.eventually('the watch has it', reader, () => assert.deepEqual(follower.ids(), [record.id]));
    },
  },
  {
    name: 'ends an operation whose signal is aborted',
    async run(bench) {
      const driver = await bench.open();
      const signal = AbortSignal.abort();
      const operations = [
        driver.put(bench.record(), { ttlMs: bench.ttlMs(driver), signal }),
        driver.list(bench.service, { signal }),
        driver.remove(bench.record(), { signal }),
      ];
      await Promise.allSettled(operations);
    },
  },
  {
    name: 'ends its watches when it is closed, and refuses every operation after that with a WeftError',
    async run(bench) {
      const driver = await bench.open();
      const follower = await bench.follow(driver);
      await driver.close();
      await driver.close();
      await follower.stop();
      await assert.rejects(bench.put(driver, bench.record()), WeftError);
      await assert.rejects(bench.list(driver), WeftError);
    },
  },
  {
    name: 'leaves no handle, timer or listener behind when it is closed',
    async run(bench) {
      const before = new ProcessResources();
      const driver = await bench.open();
      for (let cycle = 0; cycle < 3; cycle++) {
        const other = await bench.open();
        const follower = await bench.follow(other);
        await bench.put(other, bench.record(), bench.ttlMs(other));
        await bench.list(other);
        await follower.stop();
        await other.close();
      }
      await driver.close();
      await bench.eventually('everything is given back', driver, () => before.assertNoMore());
    },
  },
];

async function assertedAgain(bench: RegistryBench, record: ReturnType<RegistryBench['record']>): Promise<void> {
  const writer = await bench.open();
  await bench.eventually('a put works', writer, async () => void (await bench.put(writer, record)), 15_000);
}
