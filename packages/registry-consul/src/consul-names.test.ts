import { describe, expect, it } from 'vitest';
import { fromConsulName, toConsulId, toConsulName } from './consul-names.js';

const ODD = ['a/b', '../up', '..', '.', 'a%2Fb', 'A', 'a', 'ä €', 'a:b', 'a b', '*', 'a.json', 'a\\b', '%', '%2F', 'a//b', '.a'];

describe('a name in Consul', () => {
  it.each(['orders', 'order-service', 'Orders', 'ä €', 'a b', 'a:b', 'a.json', '*'])('is "%s" itself', (name) => {
    expect(toConsulName(name)).toBe(name);
    expect(fromConsulName(name)).toBe(name);
  });

  it('gives back every name, and is distinct for distinct ones', () => {
    expect(ODD.map(toConsulName).map(fromConsulName)).toEqual(ODD);
    expect(new Set(ODD.map(toConsulName)).size).toBe(ODD.length);
  });

  it.each(['..', '.', 'a/b', 'a//b', '../a'])('has no steps of a path for "%s"', (name) => {
    expect(toConsulName(name)).toMatch(/^[^/.]+$/);
  });

  it('cannot be half a character', () => {
    const expected = expect.objectContaining({ code: 'WEFT_INVALID_ARGUMENT' });
    expect(() => toConsulName('a\ud800')).toThrow(expected);
    expect(() => toConsulId({ name: 'a', id: '\ud800' })).toThrow(expected);
  });

  it('of somebody else that looks encoded, and is not, stays as it is', () => {
    for (const name of ['50%', '%zz', '%41', 'a%2fb']) expect(fromConsulName(name)).toBe(name);
  });
});

describe('an id in Consul', () => {
  it('is the id itself when that begins with its service and is plain', () => {
    expect(toConsulId({ name: 'orders', id: 'orders-k3x9w2ab' })).toBe('orders-k3x9w2ab');
    expect(toConsulId({ name: 'order-service', id: 'order-service-1' })).toBe('order-service-1');
  });

  it('names its service otherwise', () => {
    expect(toConsulId({ name: 'orders', id: 'main' })).toBe('orders:main');
    expect(toConsulId({ name: 'Orders', id: 'Orders-1' })).toBe('%4frders:%4frders-1');
  });

  it('is never that of another instance, nor differs from it in case alone', () => {
    const parts = [...ODD, 'a-b', 'a-b-c', 'b', 'b-c', 'c', 'A-b', 'a:b-c', 'x'];
    const ids = parts.flatMap((name) => [...parts, `${name}-1`].map((id) => JSON.stringify({ name, id })));
    const pairs = [...new Set(ids)].map((text) => JSON.parse(text));
    expect(new Set(pairs.map(toConsulId).map((id: string) => id.toLowerCase())).size).toBe(pairs.length);
  });
});
