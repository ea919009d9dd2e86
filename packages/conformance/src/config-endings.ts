import assert from 'node:assert/strict';
import { WeftError } from '@weft/core';
import type { ConfigBench, ConfigCase } from './config-bench.js';
import { ProcessResources } from './process-resources.js';

const RESTART_MS = 15_000;

/** A backend that fails heals, and a driver that is closed leaves nothing behind. */
export const configEndingCases: readonly ConfigCase[] = [
  {
    name: 'tells that everything has gone after the backend lost it, and what is set again',
    needs: 'wipe',
    async run(bench) {
      const driver = await bench.open();
      for (const key of ['a.json', 'shop/b.json']) await bench.set(driver, key, '1');
      const follower = await bench.follow(driver);
      await bench.faults.wipe?.();
      await bench.eventually('all has gone', driver, () => assert.equal(follower.texts.size, 0));
      await setAgain(bench, 'a.json', '2');
      await bench.eventually('it is told', driver, () => assert.equal(follower.texts.get(bench.key('a.json')), '2'));
    },
  },
  {
    name: 'works on after the backend was restarted, and tells watches what has changed',
    needs: 'restart',
    async run(bench) {
      const driver = await bench.open();
      await bench.set(driver, 'a.json', '1');
      const follower = await bench.follow(driver);
      await bench.faults.restart?.();
      await setAgain(bench, 'b.json', '2');
      await bench.eventually('both are there', driver, () => assert.equal(follower.texts.size, 2), RESTART_MS);
    },
  },
  {
    name: 'ends an operation whose signal is aborted',
    async run(bench) {
      const driver = await bench.open();
      const [signal, key] = [AbortSignal.abort(), bench.key('a.json')];
      await Promise.allSettled([
        driver.get(key, { signal }),
        driver.set(key, '1', { signal }),
        driver.list(bench.prefix, { signal }),
        driver.remove(key, { signal }),
      ]);
    },
  },
  {
    name: 'ends its watches when it is closed, and refuses every operation after that with WEFT_CLOSED',
    async run(bench) {
      const driver = await bench.open();
      const follower = await bench.follow(driver);
      await driver.close();
      await driver.close();
      await follower.stop();
      const refused = { code: 'WEFT_CLOSED' };
      await assert.rejects(bench.get(driver, 'a.json'), refused);
      await assert.rejects(bench.set(driver, 'a.json', '1'), refused);
      await assert.rejects(bench.keys(driver), refused);
      await assert.rejects(bench.remove(driver, 'a.json'), refused);
      const watch = driver.watch(bench.prefix, { signal: bench.signal })[Symbol.asyncIterator]();
      const next = await watch.next().catch((error: unknown) => error);
      assert.ok(next instanceof WeftError || (next as IteratorResult<unknown>).done === true, 'a closed driver watches');
    },
  },
  {
    name: 'keeps what was set after the driver that set it is closed',
    async run(bench) {
      const [writer, reader] = [await bench.open(), await bench.open()];
      await bench.set(writer, 'a.json', '1');
      await writer.close();
      await bench.eventually('it is read', reader, async () => assert.equal((await bench.get(reader, 'a.json'))?.text, '1'));
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
        await bench.set(other, 'a.json', String(cycle));
        await bench.keys(other);
        for await (const event of other.watch(bench.prefix, { signal: bench.signal })) if ('list' in event) break;
        await follower.stop();
        await other.close();
      }
      await driver.close();
      await bench.eventually('everything is given back', driver, () => before.assertNoMore());
    },
  },
];

async function setAgain(bench: ConfigBench, below: string, text: string): Promise<void> {
  const writer = await bench.open();
  await bench.eventually('a text can be set', writer, () => bench.set(writer, below, text), RESTART_MS);
}
