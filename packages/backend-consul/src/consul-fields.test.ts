import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { consulFields, refuseBadConsul } from './index.js';

const schema = z.strictObject({ ...consulFields, prefix: z.string().optional() }).superRefine(refuseBadConsul);

describe('the schema of a driver on Consul', () => {
  it('takes the options of the connection and those of the driver, and nothing else', () => {
    const tls = { ca: 'ca.pem', cert: 'a.pem', key: 'a.key', serverName: 'consul' };
    for (const options of [
      {},
      { address: 'a:1,b:2', token: 't', datacenter: 'dc2', namespace: 'n', prefix: 'team-', tls },
      { address: ['https://a', 'https://b'], tls: true },
    ])
      expect(schema.parse(options)).toEqual(options);
    for (const wrong of [
      { adress: 'a' },
      { address: [] },
      { address: 8500 },
      { token: '' },
      { tls: { cafile: 'x' } },
      { ttl: 1 },
    ])
      expect(schema.safeParse(wrong).success, JSON.stringify(wrong)).toBe(false);
  });

  it.each([
    [{ address: 'http//x:99999' }, 'address', '"//x:99999" follows the port: expected "host:port" without a path'],
    [{ address: 'x:99999' }, 'address', '"x:99999" is no address: expected "host:port" such as "localhost:8500"'],
    [{ address: ['a:1', 'ftp://b'] }, 'address', '"ftp://" is not known here; known: http://, https://'],
    [{ address: 'https://a', tls: false }, 'tls', 'is false although the address is https://'],
  ])('refuses %j before a server is asked, saying where and why', (options, path, why) => {
    const issue = expect.objectContaining({ path: [path], message: expect.stringContaining(why) });
    expect(schema.safeParse(options).error?.issues).toEqual([issue]);
  });
});
