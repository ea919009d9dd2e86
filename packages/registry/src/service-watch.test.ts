import { FakeRegistry, instanceRecord, seededRandom, settle, virtualClock } from '@weft/conformance';
import { WeftError } from '@weft/core';
import { afterEach, describe, expect, it } from 'vitest';
import { Registry, type ServiceEvent } from './index.js';

const opened: Registry[] = [];

function open() {
  const clock = virtualClock();
  const driver = new FakeRegistry(clock);
  const registry = new Registry(driver, { clock, random: seededRandom(3) });
  opened.push(registry);
  return { clock, driver, registry };
}

/** Reads a watch in the background. */
function read(events: AsyncIterable<ServiceEvent>) {
  const seen: string[] = [];
  const done = (async () => {
    for await (const { type, instance, instances } of events) {
      seen.push([type, instance?.id, `(${instances.map(({ id }) => id).sort()})`].filter(Boolean).join(' '));
    }
  })();
  return { seen, done };
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((registry) => registry.close()));
});

describe('watch', () => {
  it('begins with a snapshot and tells every change with the full list', async () => {
    const { registry, driver } = open();
    driver.records.set('a', instanceRecord('a'));
    const { seen } = read(registry.watch('users'));
    await settle();
    driver.emit({ put: instanceRecord('b') }, 'users');
    driver.emit({ put: instanceRecord('b', { weight: 2 }) }, 'users');
    driver.emit({ list: [instanceRecord('b'), instanceRecord('c')] }, 'users');
    for (const id of ['b', 'c']) driver.emit({ put: instanceRecord(id, { status: 'draining' }) }, 'users');
    for (const id of ['b', 'c']) driver.emit({ removed: { name: 'users', id } }, 'users');
    await settle();
    expect(seen).toEqual([
      'snapshot (a)',
      'added b (a,b)',
      'updated b (a,b)',
      'removed a (b,c)',
      'updated b (b,c)',
      'added c (b,c)',
      'updated b (b,c)',
      'updated c (b,c)',
      'removed b (c)',
      'removed c ()',
    ]);
  });

  it('waits with its snapshot until a list has come, however long that takes', async () => {
    const { registry, driver, clock } = open();
    driver.failure = new WeftError('WEFT_REGISTRY_UNAVAILABLE', 'down', { failure: 'refused' });
    const { seen } = read(registry.watch('users'));
    await clock.advance(600_000);
    expect(seen).toEqual([]);
    driver.failure = undefined;
    await clock.advance(2_000);
    expect(seen).toEqual(['snapshot ()']);
  });

  it('tells nothing when the upstream was lost and is back unchanged', async () => {
    const { registry, driver, clock } = open();
    driver.records.set('a', instanceRecord('a'));
    const { seen } = read(registry.watch('users'));
    await settle();
    driver.breakStreams();
    await clock.advance(5_000);
    expect(seen).toEqual(['snapshot (a)']);
  });

  it('gives a slow reader one snapshot instead of what it missed, and then single changes again', async () => {
    const { registry, driver } = open();
    const events = registry.watch('users')[Symbol.asyncIterator]();
    expect((await events.next()).value).toMatchObject({ type: 'snapshot', instances: [] });
    await settle();
    for (let at = 0; at < 500; at++) driver.emit({ put: instanceRecord('a', { weight: at }) }, 'users');
    await settle();
    const unread: ServiceEvent[] = [];
    for (let isLast = false; !isLast; ) {
      const event: ServiceEvent = (await events.next()).value;
      unread.push(event);
      isLast = event.instances[0]?.weight === 499;
    }
    expect(unread[0]?.type).toBe('snapshot');
    expect(unread.length).toBeLessThanOrEqual(64);
    driver.emit({ put: instanceRecord('b') }, 'users');
    expect((await events.next()).value).toMatchObject({ type: 'added', instance: { id: 'b' } });
  });

  it('ends all watches of a name at stopWatch, and no others (A3)', async () => {
    const { registry } = open();
    const [first, second, other] = [read(registry.watch('users')), read(registry.watch('users')), read(registry.watch('orders'))];
    await settle();
    await registry.stopWatch('users');
    await Promise.all([first.done, second.done]);
    await registry.stopWatch('unknown');
    let isOtherDone = false;
    void other.done.then(() => {
      isOtherDone = true;
    });
    await settle();
    expect(isOtherDone).toBe(false);
  });

  it('ends when its signal is aborted, before or while it is read, and when the registry closes', async () => {
    const { registry } = open();
    const control = new AbortController();
    const running = read(registry.watch('users', { signal: control.signal }));
    const closing = read(registry.watch('users'));
    await settle();
    control.abort();
    await running.done;
    await read(registry.watch('users', { signal: control.signal })).done;
    await registry.close();
    await closing.done;
    expect(() => registry.watch('users')).toThrow('closed');
  });

  it('costs nothing before it is read and gives its upstream back when the reader leaves', async () => {
    const { registry, driver, clock } = open();
    registry.watch('users');
    await settle();
    expect(driver.openStreams()).toBe(0);
    for await (const { type } of registry.watch('users')) if (type === 'snapshot') break;
    await settle();
    expect(driver.openStreams()).toBe(1);
    await clock.advance(31_000);
    expect(driver.openStreams()).toBe(0);
    expect(clock.pendingTimers()).toBe(0);
  });
});
