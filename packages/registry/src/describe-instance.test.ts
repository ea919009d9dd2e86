import { seededRandom } from '@weft/conformance';
import { describe, expect, it } from 'vitest';
import { createIncarnation, describeInstance, redescribeInstance } from './index.js';

const random = seededRandom(1);

describe('describeInstance', () => {
  it('needs a name and a port, and gives the rest a default', () => {
    const info = describeInstance({ name: 'orders', port: 8080 }, random);
    expect(info).toMatchObject({ name: 'orders', host: '127.0.0.1', version: '0.0.0', status: 'up', weight: 1 });
    expect(info.id).toMatch(/^orders-[0-9a-z]{8}$/);
    expect(info.endpoints).toEqual([{ protocol: 'http', port: 8080 }]);
  });

  it('takes something that describes itself', () => {
    const service = { toInfo: () => ({ name: 'orders', id: 'orders-1', port: 1 }) };
    expect(describeInstance(service, random).id).toBe('orders-1');
  });

  it('takes address as another word for host', () => {
    expect(describeInstance({ name: 'orders', address: '10.0.0.7', port: 1 }, random).host).toBe('10.0.0.7');
  });

  it('refuses a description without a port and says so', () => {
    expect(() => describeInstance({ name: 'orders' }, random)).toThrow('service.port: undefined is not an integer in 1-65535');
  });
});

describe('redescribeInstance', () => {
  it('applies what is given and keeps the rest, id and incarnation above all', () => {
    const info = describeInstance({ name: 'orders', port: 8080, metadata: { a: '1' }, zone: 'eu' }, random);
    const changed = redescribeInstance(info, { id: 'other', status: 'draining', metadata: { b: '2' }, port: 9090 }, random);
    expect(changed).toEqual({
      ...info,
      status: 'draining',
      metadata: { b: '2' },
      port: 9090,
      endpoints: [{ protocol: 'http', port: 9090 }],
    });
  });
});

describe('createIncarnation', () => {
  it('sorts as text in the order of time', async () => {
    const earlier = createIncarnation(() => 0.99);
    await new Promise((resolve) => setImmediate(resolve));
    while (createIncarnation(() => 0).slice(0, 9) === earlier.slice(0, 9));
    expect(createIncarnation(() => 0) > earlier).toBe(true);
  });
});
