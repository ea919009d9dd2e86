import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ERROR_CODES, messageOf, ServiceError, WeftError, withoutStack } from './errors.js';

describe('WeftError', () => {
  it('carries a code, and what the code means unless told otherwise', () => {
    expect(new WeftError('WEFT_UNAVAILABLE', 'x')).toMatchObject({ retryable: true, ambiguous: false, attempts: [] });
    expect(new WeftError('WEFT_UNAVAILABLE', 'x', { retryable: false, ambiguous: true })).toMatchObject({
      retryable: false,
      ambiguous: true,
    });
  });

  it('is recognised when another copy of the package made it', () => {
    const foreign = Object.assign(new Error('x'), { [Symbol.for('weft.error')]: true });
    expect(foreign).toBeInstanceOf(WeftError);
    expect(new Error('x')).not.toBeInstanceOf(WeftError);
    expect(WeftError[Symbol.hasInstance](null)).toBe(false);
  });

  it('is made of anything that was thrown, keeping it as the cause', () => {
    const error = new WeftError('WEFT_CANCELLED', 'x');
    expect(WeftError.from(error)).toBe(error);
    expect(WeftError.from('oops')).toMatchObject({ code: 'WEFT_UNAVAILABLE', message: 'oops', cause: 'oops' });
  });

  it('has a documented code: the table and ERRORS.md say the same', () => {
    const page = readFileSync(new URL('../ERRORS.md', import.meta.url), 'utf8');
    const documented = [...page.matchAll(/^\| `(\w+)` +\| (\d+) +\| (yes|no) +\|/gm)].map(([, code, status, retryable]) => [
      code,
      { status: Number(status), retryable: retryable === 'yes' },
    ]);
    expect(Object.fromEntries(documented)).toEqual(ERROR_CODES);
  });

  it('can be made without collecting a stack', () => {
    const limit = Error.stackTraceLimit;
    expect(withoutStack(() => new WeftError('WEFT_BREAKER_OPEN', 'x')).stack).not.toContain('    at ');
    expect(Error.stackTraceLimit).toBe(limit);
  });
});

describe('ServiceError', () => {
  it('S174 has a code, a message that is its string form, and details only when given', () => {
    const error = new ServiceError(404, 'Order not found');
    expect(String(error)).toBe('Order not found');
    expect(error).toMatchObject({ code: 404 });
    expect('details' in error).toBe(false);
    expect(new ServiceError(404, 'x', 'y').details).toBe('y');
    expect(JSON.parse(JSON.stringify(new ServiceError(404, 'x', 'y')))).toEqual({ code: 404, message: 'x', details: 'y' });
    expect(error).not.toBeInstanceOf(WeftError);
  });
});

describe('messageOf', () => {
  it('tells anything that was thrown', () => {
    expect([messageOf(new Error('a')), messageOf('b'), messageOf(undefined)]).toEqual(['a', 'b', 'undefined']);
  });

  it('is there also for what has no text form', () => {
    const throwing = {
      toString() {
        throw new Error('no');
      },
    };
    expect([messageOf(Object.create(null)), messageOf(throwing)]).toEqual(['[object Object]', '[object Object]']);
  });
});
