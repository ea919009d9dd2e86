import { WeftError } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { parseInstance } from './index.js';

const good = { id: 'orders-1', name: 'orders', host: '10.0.0.1', endpoints: [{ protocol: 'http', port: 8080 }] };

describe('parseInstance', () => {
  it('fills in the defaults of absent fields and spells out the default endpoint', () => {
    expect(parseInstance(good)).toEqual({
      ...good,
      address: '10.0.0.1',
      port: 8080,
      protocol: 'http',
      version: '0.0.0',
      status: 'up',
      incarnation: '0',
      weight: 1,
      tags: [],
      metadata: {},
    });
  });

  it('copies into frozen objects, so that nobody changes what others read', () => {
    const record = { ...good, tags: ['a'], metadata: { region: 'eu' } };
    const info = parseInstance(record);
    record.metadata.region = 'us';
    expect(info.metadata.region).toBe('eu');
    for (const part of [info, info.tags, info.metadata, info.endpoints, info.endpoints[0]])
      expect(Object.isFrozen(part)).toBe(true);
  });

  it.each(['localhost', 'node_1.example.com', '127.0.0.1', '::1', 'fe80::1'])('takes the host %s', (host) => {
    expect(parseInstance({ ...good, host }).address).toBe(host);
  });

  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'record'],
    ['text', 'orders', 'record'],
    ['no id', { ...good, id: undefined }, 'id'],
    ['an empty name', { ...good, name: '' }, 'name'],
    ['a control character in the id', { ...good, id: 'a\u0000b' }, 'id'],
    ['a line feed in the version', { ...good, version: '1\n2' }, 'version'],
    ['a name of 257 characters', { ...good, name: 'x'.repeat(257) }, 'name'],
    ['a host with a path and a user', { ...good, host: 'a/b@c' }, 'host'],
    ['a host with a space', { ...good, host: 'a b' }, 'host'],
    ['a host with a port', { ...good, host: 'a:80' }, 'host'],
    ['port 0', { ...good, endpoints: [{ protocol: 'http', port: 0 }] }, 'port'],
    ['port 70000', { ...good, endpoints: [{ protocol: 'http', port: 70_000 }] }, 'port'],
    ['port "80"', { ...good, endpoints: [{ protocol: 'http', port: '80' }] }, 'port'],
    ['no endpoint', { ...good, endpoints: [] }, 'endpoints'],
    ['an unknown status', { ...good, status: 'fine' }, 'status'],
    ['a negative weight', { ...good, weight: -1 }, 'weight'],
    ['a weight that is no number', { ...good, weight: Number.NaN }, 'weight'],
    ['tags that are no list', { ...good, tags: 'a' }, 'tags'],
    ['metadata that is a list', { ...good, metadata: [] }, 'metadata'],
    ['a value of metadata that is no text', { ...good, metadata: { a: 1 } }, 'metadata.a'],
    [
      '65 keys of metadata',
      { ...good, metadata: Object.fromEntries(Array.from({ length: 65 }, (_, at) => [`k${at}`, ''])) },
      'metadata',
    ],
    ['1 MB of metadata', { ...good, metadata: { a: 'x'.repeat(1_000_000) } }, 'metadata'],
    ['a __proto__ key', { ...good, metadata: JSON.parse('{"__proto__": {"polluted": "yes"}}') }, 'metadata'],
    ['a constructor key', { ...good, metadata: { constructor: 'x' } }, 'metadata'],
  ])('refuses %s and says where it is wrong', (_, record, path) => {
    expect(() => parseInstance(record)).toThrow(expect.objectContaining({ code: 'WEFT_INVALID_ARGUMENT' }));
    expect(() => parseInstance(record)).toThrow(new RegExp(`^${path}: `));
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  it('gives the record that it is like, when it says the same, and else takes over what they have in common', () => {
    const like = parseInstance({ ...good, tags: ['a'], metadata: { team: 'x' } });
    expect(parseInstance(structuredClone(like), 'orders', { like })).toBe(like);
    const changed = parseInstance({ ...structuredClone(like), weight: 7, metadata: { team: 'y' } }, 'orders', { like });
    expect(changed).toEqual({ ...like, weight: 7, metadata: { team: 'y' } });
    expect(changed.tags).toBe(like.tags);
  });

  it('fills in the defaults of absent fields, whatever the record that it is like has there', () => {
    const like = parseInstance({
      ...good,
      version: '9.9.9',
      zone: 'eu-1a',
      healthPath: '/up',
      weight: 7,
      tags: ['a'],
      incarnation: '5',
    });
    expect(parseInstance(good, 'orders', { like })).toEqual(parseInstance(good));
  });

  it('refuses what is wrong in a record however much it is like another', () => {
    const like = parseInstance(good);
    expect(() =>
      parseInstance({ ...like, port: 1, endpoints: [{ protocol: 'http', port: 70_000 }] }, 'orders', { like }),
    ).toThrow('port: ');
    expect(() => parseInstance({ ...like, metadata: JSON.parse('{"__proto__":"x"}') }, 'orders', { like })).toThrow('metadata: ');
    expect(() => parseInstance({ ...like }, 'users', { like })).toThrow('name: "orders" is not "users"');
  });

  it('refuses a record of another service than the one that was listed', () => {
    expect(() => parseInstance(good, 'users')).toThrow('name: "orders" is not "users"');
  });

  it('keeps the message short and on one line, whatever the value is', () => {
    try {
      parseInstance({ ...good, id: '\n'.repeat(100_000) });
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(WeftError);
      expect(String(error).length).toBeLessThan(300);
      expect(String(error)).not.toContain('\n');
    }
  });
});
