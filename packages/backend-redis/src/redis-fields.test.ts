import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { redisFields, refuseBadRedis } from './index.js';

const schema = z.strictObject({ ...redisFields, prefix: z.string().optional() }).superRefine(refuseBadRedis);

describe('the schema of a driver on Redis', () => {
  it('takes the options of the connection and those of the driver, and nothing else', () => {
    const tls = { ca: 'ca.pem', cert: 'a.pem', key: 'a.key', serverName: 'redis' };
    for (const options of [
      {},
      { address: 'a,b:2' },
      { address: ['a:1', 'b:2'], username: 'u', password: 'p', db: 1, tls: true, cluster: false, prefix: 'w' },
      { address: 'rediss://a/3', tls },
    ])
      expect(schema.parse(options)).toEqual(options);
    for (const wrong of [{ adress: 'a' }, { address: [] }, { db: -1 }, { db: 0.5 }, { tls: { caFile: 'x' } }, { cluster: 1 }])
      expect(schema.safeParse(wrong).success, JSON.stringify(wrong)).toBe(false);
  });

  it.each([
    [{ address: 'redis://me:sesame@a b' }, 'address', '"redis://a b" is no address: expected "host:port"'],
    [{ address: 'redis://a/2,b/3' }, 'address', 'names the databases "2" and "3"'],
    [{ address: 'rediss://a', tls: false }, 'tls', 'is false although the address is rediss://'],
    [{ cluster: true, db: 1 }, 'db', 'a cluster has database 0 only'],
  ])('refuses %j before a server is asked, saying where and why', (options, path, why) => {
    const issues = schema.safeParse(options).error?.issues;
    expect(issues).toEqual([expect.objectContaining({ path: [path], message: expect.stringContaining(why) })]);
    expect(JSON.stringify(issues)).not.toContain('sesame');
  });
});
