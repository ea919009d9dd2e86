import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { etcdFields, refuseBadEtcd } from './index.js';

const schema = z.strictObject({ ...etcdFields, prefix: z.string().optional() }).superRefine(refuseBadEtcd);

describe('the schema of a driver on etcd', () => {
  it('takes the words of other tools of etcd and those of the driver, and nothing else', () => {
    const tls = { ca: 'ca.pem', cert: 'c.pem', key: 'c.key', serverName: 'etcd' };
    for (const options of [
      {},
      { address: 'a:2379,b:2379' },
      { endpoints: ['a:2379', 'b:2379'], username: 'ada', password: '', prefix: 'weft', tls },
    ])
      expect(schema.parse(options)).toEqual(options);
    for (const wrong of [
      { adress: 'a' },
      { endpoint: 'a' },
      { address: 1 },
      { tls: 'yes' },
      { tls: { cafile: 'x' } },
      { ttl: 1 },
    ])
      expect(schema.safeParse(wrong).success, JSON.stringify(wrong)).toBe(false);
  });

  it.each([
    [{ address: 'http//x:99999' }, 'address', '"//x:99999" follows the port: expected "host:port" without a path'],
    [{ endpoints: 'http//x:99999' }, 'endpoints', '"//x:99999" follows the port: expected "host:port" without a path'],
    [{ endpoints: ['a:1', 'x:99999'] }, 'endpoints', '"x:99999" is no address: expected "host:port" such as "localhost:2379"'],
    [{ address: 'a:99999', endpoints: 'b:1' }, 'address', '"a:99999" is no address'],
    [{ address: 'http://a', tls: true }, 'address', 'is http:// although `tls` is given'],
    [{ endpoints: 'https://a', tls: false }, 'tls', 'is false although the address is https://'],
    [{ username: 'ada' }, 'username', 'stands alone: expected username and password, or neither'],
  ])('refuses %j before a server is asked, saying where and why', (options, path, why) => {
    const issue = expect.objectContaining({ path: [path], message: expect.stringContaining(why) });
    expect(schema.safeParse(options).error?.issues).toEqual([issue]);
  });
});
