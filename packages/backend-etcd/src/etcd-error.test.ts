import { describe, expect, it } from 'vitest';
import { etcdError } from './etcd-error.js';

const call = { what: 'reading "a"', address: 'localhost:2379' };
const judged = (text: string) => {
  const { code, failure, retryable } = etcdError(new Error(text), call);
  return [code, failure, retryable];
};

describe('etcdError', () => {
  it('tells how the connection failed', () => {
    const unavailable = (text: string) => judged(`14 UNAVAILABLE: ${text}`)[1];
    expect(unavailable('No connection established. Last error: connect ECONNREFUSED 127.0.0.1:1. Resolution note: ')).toBe(
      'refused',
    );
    expect(unavailable('Name resolution failed for target dns:no.example:1')).toBe('refused');
    expect(unavailable('No connection established. Last error: connect ETIMEDOUT 10.0.0.1:1')).toBe('connect-timeout');
    expect(unavailable('Connection dropped')).toBe('reset');
    expect(unavailable('read ECONNRESET')).toBe('reset');
    expect(judged('13 INTERNAL: Received RST_STREAM with code 2 triggered by internal client error: read ECONNRESET')[1]).toBe(
      'reset',
    );
    expect(judged('4 DEADLINE_EXCEEDED: Deadline exceeded after 3.0s')).toEqual(['WEFT_REGISTRY_UNAVAILABLE', 'timeout', true]);
    expect(judged('Tried to call a KV method on etcd3, but the client was already closed')[1]).toBe('reset');
  });

  it('knows an answer from a lost connection', () => {
    const answers = [
      '14 UNAVAILABLE: etcdserver: no leader',
      '14 UNAVAILABLE: etcdserver: request timed out',
      '8 RESOURCE_EXHAUSTED: etcdserver: mvcc: database space exceeded',
      '13 INTERNAL: Response message parsing error: index out of range',
      '12 UNIMPLEMENTED: Received HTTP status code 404',
      '11 OUT_OF_RANGE: etcdserver: mvcc: required revision has been compacted',
    ];
    for (const text of answers) expect(judged(text), text).toEqual(['WEFT_REGISTRY_UNAVAILABLE', undefined, true]);
    expect(judged('3 INVALID_ARGUMENT: etcdserver: key is not provided')).toEqual(['WEFT_INVALID_ARGUMENT', undefined, false]);
  });

  it('tells who is refused from what is refused', () => {
    const refused = (text: string) => judged(text)[0];
    expect(refused('3 INVALID_ARGUMENT: etcdserver: authentication failed, invalid user ID or password')).toBe(
      'WEFT_UNAUTHENTICATED',
    );
    expect(refused('3 INVALID_ARGUMENT: etcdserver: user name is empty')).toBe('WEFT_UNAUTHENTICATED');
    expect(refused('EtcdError: 16 UNAUTHENTICATED: etcdserver: invalid auth token')).toBe('WEFT_UNAUTHENTICATED');
    expect(refused('7 PERMISSION_DENIED: etcdserver: permission denied')).toBe('WEFT_PERMISSION_DENIED');
    const certificate = '14 UNAVAILABLE: No connection established. Last error: unable to verify the first certificate';
    expect(refused(certificate)).toBe('WEFT_UNAUTHENTICATED');
  });

  it('says what was done, and where', () => {
    const { message } = etcdError(new Error('14 UNAVAILABLE: etcdserver: no leader'), call);
    expect(message).toBe('reading "a": etcd at localhost:2379 says: etcdserver: no leader');
    const noted = etcdError(new Error('14 UNAVAILABLE: No connection established. Last error: null. Resolution note: '), call);
    expect(noted.message).toMatch(/ cannot be reached: No connection established\. Last error: null\.$/);
  });
});
