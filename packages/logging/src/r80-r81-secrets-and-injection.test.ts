import { runInContext, WeftError } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { createLogger, type LoggerOptions } from './create-logger.js';

/** The six planted secrets of R80, each as it comes in. */
const SECRETS = {
  header: 'Bearer planted-header-1',
  cookie: 'session=planted-cookie-2; theme=dark',
  password: 'planted:registry/3"\\',
  url: 'redis://user:planted-url-4@localhost:6379',
  query: '/orders/7?token=planted-query-5&page=2',
  config: 'planted-config-6',
};

describe.each([false, true])('R80: a logger (pretty: %s) writes none of six planted secrets', (pretty) => {
  it('by key, at any depth, in objects, lists, headers and records of a key and its value', () => {
    const { logger, output } = captured({ pretty });
    const headers = { Authorization: SECRETS.header, Cookie: SECRETS.cookie, accept: '*/*' };
    logger.child({ registry: { address: SECRETS.url, password: SECRETS.password } }).info('in', {
      request: { url: SECRETS.query, headers },
      rawHeaders: ['authorization', SECRETS.header, 'cookie', SECRETS.cookie, 'x', 'seen'],
      env: { DB_PASSWORD: SECRETS.config, 'config/db-password': [SECRETS.config] },
      changed: { key: 'config/db-password', value: SECRETS.config },
      [SECRETS.url]: 'up',
    });
    expect(output()).not.toContain('planted');
    expect(output()).toContain('seen');
  });

  it('by what the text around them says, in messages, fields, errors, stacks and causes', () => {
    const { logger, output } = captured({ pretty });
    const cause = new Error(`GET ${SECRETS.query} with cookie: ${SECRETS.cookie}`);
    const error = new WeftError('WEFT_UNAVAILABLE', `no answer of ${SECRETS.url}`, { cause });
    logger.error(`sent authorization: ${SECRETS.header}`, { error, note: `set db-password=${SECRETS.config}` });
    logger.error('stop', { error: new AggregateError([error], `${SECRETS.header}`) });
    expect(output()).not.toContain('planted');
    expect(output()).toContain('WEFT_UNAVAILABLE');
  });

  it('by value, wherever and in whatever form they stand, once they are known', () => {
    const { logger, output } = captured({ pretty, secrets: [SECRETS.password] });
    const child = logger.child({ part: 'a' });
    child.hide(SECRETS.config);
    logger.info(`tried ${SECRETS.password}`, { tried: encodeURIComponent(SECRETS.password), json: JSON.stringify(SECRETS) });
    logger.info(`read ${SECRETS.config}`, { list: [[SECRETS.config]], [SECRETS.config]: 1, error: new Error(SECRETS.config) });
    expect(output()).not.toContain('planted');
    expect(output()).not.toContain('registry/3');
  });
});

describe.each([false, true])('R81: a logger (pretty: %s) writes one line per record', (pretty) => {
  const evil = '/a\r\n{"level":"error","msg":"forged"}\u001b[2J\u0000\u0085\u009b31m\u2028\u2029\u202e';

  it('with CR, LF and ESC in path, header and metadata', () => {
    const { logger, lines } = captured({ pretty, service: evil });
    const trace = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), sampled: true };
    const child = logger.child({ metadata: { [evil]: evil } });
    runInContext({ trace }, () => child.info(evil, { path: evil, headers: { [evil]: evil } }));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(trace.traceId);
    expect(lines[0]?.match(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu)).toEqual(['\n']);
  });
});

function captured(options: LoggerOptions) {
  const lines: string[] = [];
  const logger = createLogger({ ...options, destination: { write: (line) => lines.push(line) } });
  return { logger, lines, output: () => lines.join('') };
}
