import assert from 'node:assert/strict';
import { type ConfigEntry, WeftError } from '@weft/core';
import type { ConfigBench, ConfigCase } from './config-bench.js';

type Driver = Awaited<ReturnType<ConfigBench['open']>>;

const WRITERS = 5;
const ROUNDS = 5;
const TRIES = 10 * WRITERS * ROUNDS;
/** What counts as "nothing there" in some backend's own words, or is no revision at all. */
const NEVER_GIVEN = ['0', '', 'null', 'no such revision', '999999999999'];

/** A text that is written on a condition is written only when the condition holds, whoever else writes meanwhile. */
export const conditionCases: readonly ConfigCase[] = [
  {
    name: 'refuses a condition that it cannot heed with WEFT_INVALID_ARGUMENT, and writes nothing',
    async run(bench) {
      const driver = await bench.open();
      await bench.set(driver, 'a.json', '1');
      if (driver.supports.compareAndSet) return assert.equal(typeof (await bench.get(driver, 'a.json'))?.revision, 'string');
      const refused = { code: 'WEFT_INVALID_ARGUMENT' };
      await assert.rejects(setIf(bench, driver, 'a.json', '2', '1'), refused);
      await assert.rejects(setIf(bench, driver, 'b.json', '2', null), refused);
      assert.equal((await bench.get(driver, 'a.json'))?.text, '1');
      assert.equal(await bench.get(driver, 'b.json'), undefined);
    },
  },
  {
    name: 'gives an entry the same revision wherever it is read',
    needs: 'compareAndSet',
    async run(bench) {
      const [driver, other] = [await bench.open(), await bench.open()];
      const follower = await bench.follow(other);
      await bench.set(driver, 'a.json', '1');
      const { revision } = await entryOf(bench, driver, 'a.json');
      assert.equal(typeof revision, 'string');
      assert.deepEqual((await driver.list(bench.prefix, { signal: bench.signal })).map(revisionOf), [revision]);
      await bench.eventually('it is told', other, async () => {
        assert.equal((await entryOf(bench, other, 'a.json')).revision, revision);
        const entries = follower.events.flatMap((event) => ('list' in event ? event.list : 'put' in event ? [event.put] : []));
        assert.deepEqual([...new Set(entries.map(revisionOf))], [revision]);
      });
    },
  },
  {
    name: 'writes while the value has the revision that is named, and gives it another',
    needs: 'compareAndSet',
    async run(bench) {
      const [driver, other] = [await bench.open(), await bench.open()];
      await bench.set(driver, 'a.json', '1');
      const { revision } = await entryOf(bench, driver, 'a.json');
      await setIf(bench, other, 'a.json', '2', revision);
      const entry = await entryOf(bench, driver, 'a.json');
      assert.equal(entry.text, '2');
      assert.notEqual(entry.revision, revision);
      await setIf(bench, driver, 'a.json', '3', entry.revision);
      assert.equal((await entryOf(bench, other, 'a.json')).text, '3');
    },
  },
  {
    name: 'refuses with WEFT_CONFLICT a revision that the value has no longer or never had, and changes and tells nothing',
    needs: 'compareAndSet',
    async run(bench) {
      const [driver, other] = [await bench.open(), await bench.open()];
      await bench.set(driver, 'a.json', '1');
      const { revision } = await entryOf(bench, driver, 'a.json');
      await bench.set(other, 'a.json', '2');
      const after = await entryOf(bench, driver, 'a.json');
      const follower = await bench.follow(other);
      for (const stale of [revision, ...NEVER_GIVEN, null]) {
        await assert.rejects(setIf(bench, driver, 'a.json', 'lost', stale), isConflict(stale));
      }
      assert.deepEqual(await entryOf(bench, driver, 'a.json'), after);
      assert.deepEqual([...follower.texts], [[bench.key('a.json'), '2']]);
      assert.ok(!JSON.stringify(follower.events).includes('lost'));
    },
  },
  {
    name: 'refuses with WEFT_CONFLICT every revision while there is no value, "0" too',
    needs: 'compareAndSet',
    async run(bench) {
      const driver = await bench.open();
      await bench.set(driver, 'b.json', '1');
      const { revision } = await entryOf(bench, driver, 'b.json');
      await bench.remove(driver, 'b.json');
      for (const key of ['a.json', 'b.json']) {
        for (const stale of [revision, ...NEVER_GIVEN]) {
          await assert.rejects(setIf(bench, driver, key, 'lost', stale), isConflict(stale));
        }
        assert.equal(await bench.get(driver, key), undefined);
      }
    },
  },
  {
    name: 'takes null for "while there is no value": of an empty text there is one',
    needs: 'compareAndSet',
    async run(bench) {
      const driver = await bench.open();
      for (const text of ['', '1']) {
        await setIf(bench, driver, 'a.json', text, null);
        await assert.rejects(setIf(bench, driver, 'a.json', 'lost', null), isConflict(null));
        assert.equal((await entryOf(bench, driver, 'a.json')).text, text);
        await bench.remove(driver, 'a.json');
      }
    },
  },
  {
    name: 'lets one of many win who write at once on the same condition',
    needs: 'compareAndSet',
    async run(bench) {
      const drivers = await openMany(bench);
      for (const condition of [null, 'as it is'] as const) {
        const revision = condition === null ? null : (await entryOf(bench, drivers[0], 'a.json')).revision;
        const tries = drivers.map((driver, at) => setIf(bench, driver, 'a.json', `${condition} ${at}`, revision));
        const outcomes = await Promise.allSettled(tries);
        const winners = outcomes.flatMap(({ status }, at) => (status === 'fulfilled' ? [`${condition} ${at}`] : []));
        assert.deepEqual([(await entryOf(bench, drivers[0], 'a.json')).text], winners);
        for (const outcome of outcomes) if (outcome.status === 'rejected') assertConflict(outcome.reason);
      }
    },
  },
  {
    name: 'loses no change of many who count one number up, each trying again after a conflict',
    needs: 'compareAndSet',
    async run(bench) {
      const drivers = await openMany(bench);
      await bench.set(drivers[0], 'n.json', '0');
      const countUp = async (driver: Driver, triesLeft = TRIES): Promise<void> => {
        const { text, revision } = await entryOf(bench, driver, 'n.json');
        await setIf(bench, driver, 'n.json', String(Number(text) + 1), revision).catch((error: unknown) => {
          assertConflict(error);
          assert.ok(triesLeft > 1, `a conflict ${TRIES} times, although others wrote only ${WRITERS * ROUNDS} times in all`);
          return countUp(driver, triesLeft - 1);
        });
      };
      const work = async (driver: Driver) => {
        for (let round = 0; round < ROUNDS; round++) await countUp(driver);
      };
      await Promise.all(drivers.map(work));
      assert.equal((await entryOf(bench, drivers[0], 'n.json')).text, String(WRITERS * ROUNDS));
    },
  },
  {
    name: 'heeds what somebody else has written meanwhile, and with another tool where the target has one',
    needs: 'compareAndSet',
    async run(bench) {
      const [driver, other] = [await bench.open(), await bench.open()];
      const { write = (_, text) => bench.set(other, 'a.json', text) } = bench.faults;
      await bench.set(driver, 'a.json', '1');
      const { revision } = await entryOf(bench, driver, 'a.json');
      await write(bench.key('a.json'), '2');
      await assert.rejects(setIf(bench, driver, 'a.json', 'lost', revision), isConflict(revision));
      await setIf(bench, driver, 'a.json', '3', (await entryOf(bench, driver, 'a.json')).revision);
      assert.equal((await entryOf(bench, driver, 'a.json')).text, '3');
    },
  },
];

function setIf(
  bench: ConfigBench,
  driver: Driver,
  below: string,
  text: string,
  revision: string | null | undefined,
): Promise<void> {
  assert.notEqual(revision, undefined, 'the entry has no revision');
  return driver.set(bench.key(below), text, { signal: bench.signal, ...(revision !== undefined && { ifRevision: revision }) });
}

async function entryOf(bench: ConfigBench, driver: Driver, below: string): Promise<ConfigEntry> {
  const entry = await bench.get(driver, below);
  assert.ok(entry, `${below} is not there`);
  return entry;
}

async function openMany(bench: ConfigBench): Promise<[Driver, ...Driver[]]> {
  const first = await bench.open();
  return [first, ...(await Promise.all(Array.from({ length: WRITERS - 1 }, () => bench.open())))];
}

function revisionOf({ revision }: ConfigEntry): string | undefined {
  return revision;
}

function assertConflict(error: unknown): void {
  assert.ok(error instanceof WeftError && error.code === 'WEFT_CONFLICT', `refused with ${error}`);
}

function isConflict(named: string | null | undefined): (error: unknown) => true {
  return (error) => {
    assert.ok(error instanceof WeftError && error.code === 'WEFT_CONFLICT', `${named}: refused with ${error}`);
    return true;
  };
}
