import { runInContext, WeftError } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { createLogger, type LoggerOptions } from './create-logger.js';

describe('createLogger', () => {
  it('writes one JSON record per line: level, time, facts of the service, fields, message', () => {
    const { logger, lines } = captured({ service: 'orders', id: 'orders-1', version: '1.0.0' });
    logger.info('started', { port: 80 });
    logger.warn('slow');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(
      /^\{"level":"info","time":"[^"]+Z","service":"orders","id":"orders-1","version":"1.0.0","port":80,"msg":"started"\}\n$/,
    );
  });

  it('leaves out what it was not told', () => {
    const { logger, records } = captured();
    logger.info('started');
    expect(Object.keys(records()[0] ?? {})).toEqual(['level', 'time', 'msg']);
  });

  it('writes from its level on, and the level can be changed for it and its children', () => {
    const { logger, records } = captured({ level: 'warn' });
    const child = logger.child({ part: 'registry' });
    child.info('1');
    child.error('2');
    logger.level = 'debug';
    child.debug('3');
    child.setLevel('silent');
    child.error('4');
    expect(records().map((record) => record.msg)).toEqual(['2', '3']);
    expect(logger.level).toBe('silent');
  });

  it('refuses an unknown level and says which was meant', () => {
    expect(() => createLogger({ level: 'wran' as 'warn' })).toThrow(/unknown log level "wran".*Did you mean "warn"/);
    expect(() => createLogger({ level: 'toString' as 'warn' })).toThrow(/unknown log level/);
    const logger = createLogger({ level: 'warn' });
    expect(() => logger.setLevel('loud')).toThrow(/unknown log level "loud"/);
    expect(logger.level).toBe('warn');
  });

  it.each([
    [{ level: null }, 'unknown log level null. Known: debug, info, warn, error, silent.'],
    [{ redact: 'user.email' }, 'redact: expected a list of texts'],
    [{ redact: null }, 'redact: expected a list of texts'],
    [{ secrets: [12_345] }, 'secrets: expected a list of texts'],
  ])('refuses what the types would not let pass: %j', (options, message) => {
    const refused = expect.objectContaining({ code: 'WEFT_INVALID_ARGUMENT', message });
    expect(() => createLogger(options as unknown as LoggerOptions)).toThrow(refused);
  });

  it('adds the fields of a child to each line; those of the line win, and no key stands twice', () => {
    const { logger, lines, records } = captured({ id: 'orders-1' });
    logger.child({ part: 'a', zone: 'z1' }).child({ part: 'b' }).info('x', { id: 7 });
    expect(records()[0]).toMatchObject({ id: 7, part: 'b', zone: 'z1' });
    expect(lines[0]?.match(/"id":/g)).toHaveLength(1);
  });

  it('adds the ids of the request that is being handled', () => {
    const { logger, records } = captured();
    const trace = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), sampled: true };
    runInContext({ trace }, () => logger.info('inside'));
    logger.info('outside');
    expect(records()[0]).toMatchObject({ trace_id: 'a'.repeat(32), span_id: 'b'.repeat(16) });
    expect(records()[1]).not.toHaveProperty('trace_id');
  });

  it('keeps line breaks and control characters from making lines of their own', () => {
    const { logger, lines, records } = captured();
    logger.info('a\r\n{"level":"error"}\u001b[31m', { 'k\n"ey': 'v\u0000\n' });
    expect(lines).toHaveLength(1);
    expect([...(lines[0] ?? '').slice(0, -1)].filter((char) => char < ' ')).toEqual([]);
    expect(records()[0]).toMatchObject({ msg: 'a\r\n{"level":"error"}\u001b[31m', 'k\n"ey': 'v\u0000\n' });
  });

  it('does not let fields pass for members of the line', () => {
    const { logger, records } = captured();
    logger.info('real', { level: 'error', msg: 'forged', time: 0 });
    expect(records()[0]).toMatchObject({ level: 'info', msg: 'real', _level: 'error', _msg: 'forged', _time: 0 });
  });

  it('takes fields as they are, also those that look like a request of node’s', () => {
    const { logger, records } = captured();
    logger.info('x', { method: 'GET', headers: { a: '1' }, socket: 'eth0' });
    expect(records()[0]).toMatchObject({ method: 'GET', headers: { a: '1' }, socket: 'eth0' });
  });

  it('does not throw, whatever it is given', () => {
    const { logger, records } = captured();
    const unreadable = new Proxy({}, { ownKeys: () => [].at(1) as never });
    const message = { toString: () => [].at(1) as never } as unknown as string;
    logger.info(message, unreadable);
    expect(records()[0]).toMatchObject({ fields: '[unreadable]' });
  });

  it('does not throw when its destination does', () => {
    const destination = {
      write: () => {
        throw new Error('disk full');
      },
    };
    expect(() => createLogger({ destination }).info('x')).not.toThrow();
  });
});

describe('fields of a line', () => {
  it('hide the values of secret keys, wherever they stand', () => {
    const { logger, lines } = captured({ redact: ['apiKey'] });
    const headers = { Authorization: 'Bearer s3cret', cookie: 's3cret' };
    const fields = { password: 's3cret', request: { headers, users: [{ token: 's3cret' }] }, apikey: 's3cret', id: 1 };
    logger.child({ secret: { nested: 's3cret' } }).info('x', fields);
    expect(lines[0]).not.toContain('s3cret');
    expect(lines[0]?.match(/\[redacted\]/g)).toHaveLength(6);
    expect(headers.cookie).toBe('s3cret');
  });

  it('show whether there is a secret, and hide what it is', () => {
    const { logger, records } = captured();
    logger.info('x', { password: undefined, token: null, hasToken: true, secret: 7, apiKey: { a: 1 }, cookie: [] });
    const shown = { token: null, hasToken: true };
    expect(records()[0]).toMatchObject({ ...shown, secret: '[redacted]', apiKey: '[redacted]', cookie: '[redacted]' });
  });

  it('hide the values of paths', () => {
    const { logger, records } = captured({ redact: ['user.email'] });
    logger.info('x', { email: 'a', order: { users: 1, user: [{ email: 'a', id: 1 }] } });
    expect(records()[0]).toMatchObject({ email: 'a', order: { user: [{ email: '[redacted]', id: 1 }] } });
  });

  it('show all errors of one that has several', () => {
    const { logger, records } = captured();
    logger.error('x', { error: new AggregateError([new Error('one'), 'two'], 'many') });
    expect(records()[0]?.error).toMatchObject({ message: 'many', errors: [{ message: 'one' }, 'two'] });
  });

  it('show errors with code, message, stack and cause', () => {
    const { logger, records } = captured();
    const cause = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', token: 's3cret' });
    logger.error('failed', { error: new WeftError('WEFT_UNAVAILABLE', 'no answer', { cause }) });
    const error = { code: 'WEFT_UNAVAILABLE', message: 'no answer', stack: expect.stringContaining('create-logger.test') };
    const shown = { code: 'ECONNREFUSED', message: 'connect ECONNREFUSED', token: '[redacted]' };
    expect(records()[0]?.error).toMatchObject({ ...error, cause: shown });
  });

  it('may hold anything: circles, big numbers, dates, buffers, getters that throw', () => {
    const { logger, records } = captured();
    const circle: Record<string, unknown> = { name: 'circle' };
    circle.self = circle;
    const parsed = JSON.parse('{"__proto__":{"polluted":true}}');
    const throwing = {
      get broken(): string {
        throw new Error('no');
      },
    };
    logger.info('x', { circle, big: 10n, at: new Date(0), bytes: Buffer.alloc(3), throwing, parsed, none: undefined });
    expect(records()[0]).toMatchObject({
      circle: { name: 'circle', self: '[circular]' },
      big: '10',
      at: '1970-01-01T00:00:00.000Z',
      bytes: '[3 bytes]',
      throwing: { broken: '[unreadable]' },
      parsed: { ___proto__: { polluted: true } },
    });
  });

  it('are cut off below six levels', () => {
    const { logger, lines } = captured();
    logger.info('x', { 1: { 2: { 3: { 4: { 5: { 6: { 7: 'deep' } } } } } } });
    expect(lines[0]).toContain('"6":{"7":"deep"}');
    logger.info('x', { 1: { 2: { 3: { 4: { 5: { 6: { 7: { 8: 'deeper' } } } } } } } });
    expect(lines[1]).toContain('"7":"[too deep]"');
  });
});

function captured(options: LoggerOptions = {}) {
  const lines: string[] = [];
  const logger = createLogger({ ...options, destination: { write: (line) => lines.push(line) } });
  const records = (): Record<string, unknown>[] => lines.map((line) => JSON.parse(line));
  return { logger, lines, records };
}
