import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { redisError } from './redis-error.js';

const said = (message: string, extra: object = {}) => redisError(Object.assign(new Error(message), extra), 'reading "a"');

describe('redisError', () => {
  it('tells who we are not from what we may not, and both from a server that has trouble', () => {
    const answers = {
      'WRONGPASS invalid username-password pair or user is disabled.': 'WEFT_UNAUTHENTICATED',
      'NOAUTH Authentication required.': 'WEFT_UNAUTHENTICATED',
      'NOPERM this user has no permissions to run the command': 'WEFT_PERMISSION_DENIED',
      "ERR The user executing the script can't run this command or subcommand": 'WEFT_PERMISSION_DENIED',
      'LOADING Redis is loading the dataset in memory': 'WEFT_REGISTRY_UNAVAILABLE',
      "OOM command not allowed when used memory > 'maxmemory'.": 'WEFT_REGISTRY_UNAVAILABLE',
      'CLUSTERDOWN The cluster is down': 'WEFT_REGISTRY_UNAVAILABLE',
    };
    for (const [answer, code] of Object.entries(answers)) {
      const error = said(answer);
      expect([error.code, error.failure, error.retryable], answer).toEqual([code, undefined, true]);
      expect(error.message).toBe(`reading "a": ${answer}`);
    }
  });

  it('tells how the wire failed', () => {
    const failures = { ECONNREFUSED: 'refused', ENOTFOUND: 'refused', ETIMEDOUT: 'connect-timeout', ECONNRESET: 'reset' };
    for (const [code, failure] of Object.entries(failures))
      expect(said('broken', { code })).toMatchObject({ code: 'WEFT_REGISTRY_UNAVAILABLE', failure });
    expect(said('Connection is closed.')).toMatchObject({ failure: 'reset' });
    expect(said('self-signed certificate', { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })).toMatchObject({
      code: 'WEFT_UNAUTHENTICATED',
      message: 'reading "a": no TLS connection: self-signed certificate (DEPTH_ZERO_SELF_SIGNED_CERT)',
    });
  });

  it('keeps the arguments of the command to itself, and the number of a script', () => {
    const error = said('WRONGPASS no', { command: { name: 'auth', args: ['weft', 'sesame'] } });
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('sesame');
    const script = `NOPERM no script: ${'a'.repeat(40)}, on @user_script:33.`;
    expect(said(script).message).toBe('reading "a": NOPERM no');
  });
});
