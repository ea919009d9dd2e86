import { describe, expect, it } from 'vitest';
import { isSignOfLife } from './sign-of-life.js';

const HEADERS = frame(1, 'xyz');
const PROBE = frame(0, '\0\0\0\0\x0c\x0a\x0aweft/probe');
const LIST = frame(0, '\0\0\0\0\x0b\x0a\x09weft/svc/');

function frame(type: number, content: string): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(Buffer.byteLength(content, 'latin1'), 0, 3);
  head.writeUInt8(type, 3);
  return Buffer.concat([head, Buffer.from(content, 'latin1')]);
}

describe('isSignOfLife', () => {
  it('knows the PINGs of Redis from its other commands', () => {
    const ping = '*1\r\n$4\r\nping\r\n';
    expect([ping, ping + ping, '*1\r\n$4\r\nPING\r\n'].map((text) => isSignOfLife(Buffer.from(text)))).toEqual([
      true,
      true,
      true,
    ]);
    expect(isSignOfLife(Buffer.from(`${ping}*2\r\n$3\r\nget\r\n$1\r\na\r\n`))).toBe(false);
  });

  it('knows the probe of etcd, and what HTTP/2 says for itself, from queries', () => {
    const preface = Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), frame(4, '')]);
    const quiet = [preface, frame(6, '12345678'), frame(8, '1234'), HEADERS, Buffer.concat([HEADERS, PROBE]), frame(0, '')];
    expect(quiet.map(isSignOfLife)).toEqual(quiet.map(() => true));
    const asking = [LIST, Buffer.concat([HEADERS, LIST]), Buffer.concat([PROBE, LIST]), Buffer.concat([preface, LIST])];
    expect(asking.map(isSignOfLife)).toEqual(asking.map(() => false));
  });

  it('takes for a query what it does not know', () => {
    const texts = ['GET /v1/health/service/things HTTP/1.1\r\n\r\n', 'hello', LIST.subarray(0, 12).toString('latin1')];
    for (const text of texts) expect(isSignOfLife(Buffer.from(text, 'latin1')), text).toBe(false);
  });
});
