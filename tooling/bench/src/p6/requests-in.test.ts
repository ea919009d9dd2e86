import { describe, expect, it } from 'vitest';
import { requestsIn } from './requests-in.mjs';

const frame = (type: number, payload: string) => {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  return Buffer.concat([head, Buffer.from(payload)]);
};

describe('requestsIn', () => {
  it('counts commands of Redis', () => {
    expect(requestsIn('redis', Buffer.from('*1\r\n$4\r\nPING\r\n*2\r\n$3\r\nGET\r\n$2\r\n*1\r\n'))).toBe(2);
  });

  it('counts requests of HTTP/1.1', () => {
    const beat = 'PUT /v1/agent/check/pass/x HTTP/1.1\r\nhost: a\r\n\r\n';
    expect(requestsIn('consul', Buffer.from(beat + beat))).toBe(2);
  });

  it('counts streams of HTTP/2, and not what is sent on them', () => {
    expect(requestsIn('etcd', Buffer.concat([frame(1, 'head'), frame(0, 'data'), frame(8, 'more'), frame(1, 'head')]))).toBe(2);
  });
});
