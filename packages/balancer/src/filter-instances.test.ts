import type { ServiceInstance } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { type FilterOptions, filterInstances, roundRobin } from './index.js';
import { callsTo, FIRST_TRY, handleOf, tried } from './pick-scene.fixture.js';

const fits = (record: Partial<ServiceInstance>, options: FilterOptions) => {
  return filterInstances(roundRobin, options).pick([handleOf('a', record)], FIRST_TRY) !== undefined;
};

describe('filterInstances', () => {
  it.each([
    ['2.1.0', '2.1.0', true],
    ['2.1.3', '2.1', true],
    ['2.1.3', '2', true],
    ['2.10.0', '2.1', false],
    ['20.0.0', '2', false],
    ['2.1.0-rc.1', '2.1', true],
    ['1.0.0', '2', false],
  ])('takes version %s for one of %s: %s', (version, wanted, isRight) => {
    expect(fits({ version }, { version: wanted })).toBe(isRight);
  });

  it('wants all of the tags', () => {
    expect(fits({ tags: ['ssd', 'gpu'] }, { tags: ['gpu'] })).toBe(true);
    expect(fits({ tags: ['gpu'] }, { tags: ['ssd', 'gpu'] })).toBe(false);
  });

  it('wants all of the metadata, each with its value', () => {
    expect(fits({ metadata: { region: 'eu', tier: '1' } }, { metadata: { region: 'eu' } })).toBe(true);
    expect(fits({ metadata: { region: 'us' } }, { metadata: { region: 'eu' } })).toBe(false);
    expect(fits({ metadata: {} }, { metadata: { constructor: 'eu' } })).toBe(false);
  });

  it('wants everything at once that it is told', () => {
    const record = { version: '2.0.0', tags: ['gpu'], metadata: { region: 'eu' } };
    expect(fits(record, { version: '2', tags: ['gpu'], metadata: { region: 'eu' } })).toBe(true);
    expect(fits({ ...record, tags: [] }, { version: '2', tags: ['gpu'], metadata: { region: 'eu' } })).toBe(false);
    expect(fits(record, {})).toBe(true);
  });

  it('picks nobody rather than somebody who does not fit, also when those who do were tried', () => {
    const from = [handleOf('a', { version: '1.0.0' }), handleOf('b', { version: '2.0.0' })];
    const balancer = filterInstances(roundRobin, { version: '2' });
    expect(new Set(callsTo(balancer, from, 5, tried(...from.slice(1))))).toEqual(new Set([from[1]]));
    expect(balancer.pick(from.slice(0, 1), FIRST_TRY)).toBeUndefined();
  });

  it('follows a record that changes with the next list', () => {
    const a = handleOf('a', { version: '1.0.0' });
    const changing = { ...a };
    const balancer = filterInstances(roundRobin, { version: '2' });
    expect(balancer.pick([changing], FIRST_TRY)).toBeUndefined();
    changing.instance = { ...a.instance, version: '2.0.0' };
    expect(balancer.pick([changing], FIRST_TRY)?.instance).toBe(changing);
  });

  it('refuses what is no filter', () => {
    const wrong = { version: '', tags: 'gpu', metadata: { region: 1 }, tag: 'gpu' };
    expect(() => filterInstances(roundRobin, wrong as unknown as FilterOptions)).toThrow(
      [
        'loadBalancer.options.filter.tag: unknown option. Known: version, tags, metadata. Did you mean "tags"?',
        'loadBalancer.options.filter.version: "": expected text',
        'loadBalancer.options.filter.tags: "gpu": expected a list of texts',
        'loadBalancer.options.filter.metadata.region: 1: expected text',
      ].join('\n'),
    );
  });
});
