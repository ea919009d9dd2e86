import { instanceRecord, seededRandom } from '@weft/conformance';
import { describe, expect, it } from 'vitest';
import { InstanceSet } from './instance-set.js';
import { listedInstances } from './listed-instances.js';
import { parseInstance } from './parse-instance.js';
import type { ServiceInfo } from './service-info.js';

const NONE: ReadonlySet<string> = new Set();
const SEED = 5;

function info(id: string, overrides: Parameters<typeof instanceRecord>[1] = {}): ServiceInfo {
  return parseInstance(instanceRecord(id, overrides));
}

function setOf(...ids: string[]): InstanceSet {
  const set = new InstanceSet();
  set.replace(listedInstances(ids.map((id) => info(id))), NONE);
  return set;
}

function idsOf({ instances }: InstanceSet): string {
  return instances.map(({ id }) => id).join('');
}

describe('InstanceSet', () => {
  it('has its records by id, in whatever order they came', () => {
    const set = setOf('d', 'a', 'c');
    set.put(info('b'));
    set.remove('c');
    expect(idsOf(set)).toBe('abd');
    expect(['a', 'b', 'c', 'd', 'e'].filter((id) => set.get(id)?.id === id)).toEqual(['a', 'b', 'd']);
  });

  it('tells what a list changes, and keeps the objects of what it does not', () => {
    const set = setOf('a', 'b', 'c');
    const [a] = set.instances;
    const changes = set.replace(listedInstances([info('d'), info('a'), info('c', { weight: 2 })]), NONE);
    expect(changes.map(({ type, instance }) => `${type} ${instance.id}`)).toEqual(['removed b', 'updated c', 'added d']);
    expect(set.instances[0]).toBe(a);
  });

  it('leaves the ids that are to be kept as they are, listed or not', () => {
    const set = setOf('a', 'b');
    expect(set.replace(listedInstances([info('a', { weight: 2 }), info('c')]), new Set(['a', 'b', 'c']))).toEqual([]);
    expect([idsOf(set), set.get('a')?.weight]).toEqual(['ab', 1]);
  });

  it('takes a list that was laid beside what it held before', () => {
    const set = setOf('a', 'b', 'c');
    const listed = listedInstances([info('c', { weight: 2 }), info('b'), info('e')], set.instances);
    set.remove('b');
    set.put(info('d'));
    expect(set.missing(listed, NONE).map(({ id }) => id)).toEqual(['a', 'd']);
    const changes = set.replace(listed, NONE);
    const told = ['removed a', 'updated c', 'removed d', 'added b', 'added e'];
    expect(changes.map(({ type, instance }) => `${type} ${instance.id}`)).toEqual(told);
    expect(idsOf(set)).toBe('bce');
  });

  it('is what a plain map would be after a thousand random steps', () => {
    const random = seededRandom(SEED);
    const set = new InstanceSet();
    const model = new Map<string, ServiceInfo>();
    for (let step = 0; step < 1_000; step++) {
      const id = `i${Math.floor(random() * 30)}`;
      const record = info(id, { weight: 1 + Math.floor(random() * 3) });
      if (random() < 0.4) {
        set.remove(id);
        model.delete(id);
      } else if (random() < 0.9) {
        set.put(record);
        model.set(id, record);
      } else {
        const list = [...model.values(), record, info('z')].filter(() => random() < 0.8).reverse();
        set.replace(listedInstances(list, random() < 0.5 ? set.instances : []), NONE);
        model.clear();
        for (const one of list.reverse()) model.set(one.id, one);
      }
      const expected = [...model.values()].sort((one, other) => (one.id < other.id ? -1 : 1));
      expect(set.instances, `seed ${SEED}, step ${step}`).toEqual(expected);
    }
  });
});
