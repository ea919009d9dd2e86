import { instanceRecord } from '@weft/conformance';
import { describe, expect, it } from 'vitest';
import { ListedInstances, listedInstances } from './listed-instances.js';
import { parseInstance } from './parse-instance.js';
import type { ServiceInfo } from './service-info.js';

const HELD = [...'abcd'].map((id) => info(id));

function info(id: string, overrides: Parameters<typeof instanceRecord>[1] = {}): ServiceInfo {
  return parseInstance(instanceRecord(id, overrides));
}

function shown(listed: ListedInstances): string[] {
  return [...HELD.map((_, place) => listed.at(place)), ...listed.unheld].map(
    (one) => one && `${one.id}${one.incarnation}`,
  ) as string[];
}

describe('ListedInstances', () => {
  it('finds the places of those held, whoever is asked for and in whatever order', () => {
    for (const order of ['abcd', 'acd', 'dcba', 'xaybzc', 'aabb', 'bxcd']) {
      const listed = new ListedInstances(HELD);
      expect(
        [...order].map((id) => listed.placeOf(id)),
        order,
      ).toEqual([...order].map((id) => HELD.findIndex((held) => held.id === id)));
    }
  });

  it('has of each id the one of the greatest incarnation, and of equal ones the first', () => {
    const [first, second] = [info('c', { incarnation: '5' }), info('c', { incarnation: '5', weight: 2 })];
    const others = [info('b', { incarnation: '2' }), info('b', { incarnation: '1' }), info('x', { incarnation: '1' })];
    const listed = listedInstances([...others, first, second, info('x', { incarnation: '3' })], HELD);
    expect(shown(listed)).toEqual([undefined, 'b2', 'c5', undefined, 'x3']);
    expect(listed.at(2)).toBe(first);
  });

  it('is the same list beside whatever is held by then', () => {
    const listed = listedInstances([info('d', { incarnation: '1' }), info('x', { incarnation: '1' })]);
    expect(listed.beside(HELD).beside(HELD).instances).toEqual(listed.instances);
    expect(shown(listed.beside(HELD))).toEqual([undefined, undefined, undefined, 'd1', 'x1']);
  });
});
