import assert from 'node:assert/strict';
import type { ServiceInstance } from '@weft/core';
import type { RegistryCase } from './registry-bench.js';

const ODD_TEXTS = ['a/b', '../up', '..', '.', 'a%2Fb', 'A', 'a', 'ä €', 'x'.repeat(200), 'a:b', 'a b', '*', 'a.json'];

/** What the backend holds is what was put, under the name and id it was put under. */
export const recordCases: readonly RegistryCase[] = [
  {
    name: 'lists a record with every field as it was put',
    async run(bench) {
      const [writer, reader] = [await bench.open(), await bench.open()];
      const record = bench.record({
        version: '2.1.0-rc.1',
        host: 'node-1.example',
        endpoints: [
          { protocol: 'http', port: 8080 },
          { protocol: 'rpc', port: 9090 },
        ],
        status: 'not-ready',
        healthPath: '/health',
        incarnation: '0mabc-1',
        weight: 2.5,
        zone: 'eu-1a',
        tags: ['blue', 'canary'],
        metadata: { region: 'eu', note: 'ä "quoted" = 1\nsecond line', empty: '' },
      });
      await bench.put(writer, record);
      await bench.eventually('the record is listed', reader, async () => {
        const [listed] = await bench.list(reader);
        assert.deepEqual(pick(listed, record), record);
      });
    },
  },
  {
    name: 'lists nothing for a service that nobody registered',
    async run(bench) {
      assert.deepEqual(await bench.list(await bench.open()), []);
    },
  },
  {
    name: 'lists records of every status',
    async run(bench) {
      const driver = await bench.open();
      for (const status of ['up', 'not-ready', 'draining'] as const)
        await bench.put(driver, bench.record({ id: status, status }));
      await bench.eventually('all are listed', driver, async () => {
        assert.deepEqual(await bench.ids(driver), ['draining', 'not-ready', 'up']);
      });
    },
  },
  {
    name: 'keeps services apart whose names begin alike',
    async run(bench) {
      const driver = await bench.open();
      const names = ['', '-2', '/eu', '.eu', '2'].map((end) => `${bench.service}${end}`);
      for (const name of names) await bench.put(driver, bench.record({ id: `of ${name}`, name }));
      for (const name of names) {
        await bench.eventually(`"${name}" has its own record`, driver, async () => {
          assert.deepEqual(await bench.ids(driver, name), [`of ${name}`]);
        });
      }
    },
  },
  {
    name: 'holds ids and names of any characters',
    async run(bench) {
      const driver = await bench.open();
      for (const text of ODD_TEXTS) {
        await bench.put(driver, bench.record({ id: text }));
        await bench.put(driver, bench.record({ id: 'one', name: `${bench.service}${text}` }));
      }
      await bench.eventually('all ids are listed', driver, async () => {
        assert.deepEqual(await bench.ids(driver), [...ODD_TEXTS].sort());
      });
      for (const text of ODD_TEXTS) assert.deepEqual(await bench.ids(driver, `${bench.service}${text}`), ['one']);
    },
  },
  {
    name: 'lists all services when no name is given',
    async run(bench) {
      const driver = await bench.open();
      const records = ['-a', '-b'].map((end) => bench.record({ name: `${bench.service}${end}` }));
      for (const record of records) await bench.put(driver, record);
      await bench.eventually('both are listed', driver, async () => {
        const ids = (await driver.list(undefined, { signal: new AbortController().signal })).map(({ id }) => id);
        for (const { id } of records) assert.ok(ids.includes(id), `${id} is missing`);
      });
    },
  },
  {
    name: 'removes a record, and a second time is no failure',
    async run(bench) {
      const driver = await bench.open();
      const record = bench.record();
      await bench.put(driver, record);
      await bench.remove(driver, record);
      await bench.eventually('the record is gone', driver, async () => assert.deepEqual(await bench.ids(driver), []));
      await bench.remove(driver, record);
      await bench.remove(driver, { name: `${bench.service}-unknown`, id: 'unknown' });
    },
  },
  {
    name: 'loses no good record to a poisoned one',
    async run(bench) {
      const driver = await bench.open();
      const good = bench.record({ id: 'good' });
      await bench.put(driver, poisoned(bench.record({ id: 'bad' }))).catch(() => {});
      await bench.put(driver, good);
      await bench.eventually('the good one is listed', driver, async () => {
        assert.ok((await bench.ids(driver)).includes('good'));
      });
      assert.equal(Reflect.get({}, 'polluted'), undefined);
    },
  },
];

/** The fields of `record` that `like` has. */
function pick(record: ServiceInstance | undefined, like: ServiceInstance): unknown {
  return record && Object.fromEntries(Object.keys(like).map((key) => [key, Reflect.get(record, key)]));
}

function poisoned(record: ServiceInstance): ServiceInstance {
  const metadata: Readonly<Record<string, string>> = JSON.parse('{"__proto__": {"polluted": "yes"}, "constructor": "x"}');
  return { ...record, host: 'a/b@c', endpoints: [{ protocol: 'http', port: 70_000 }], metadata };
}
