import { describe, expect, it } from 'vitest';
import { prettyLine } from './pretty-line.js';

describe('prettyLine', () => {
  const time = '2026-01-01T12:30:05.250Z';
  const pretty = (record: object, isColored = false) => prettyLine(`${JSON.stringify(record)}\n`, { isColored });

  it('says when, how grave, what, and the fields', () => {
    const fields = { order: 7, path: '/orders/7', note: 'two words', lines: [1, { a: 2 }], none: null };
    expect(pretty({ level: 'info', time, ...fields, msg: 'order placed' })).toBe(
      '12:30:05.250 INFO  order placed  order=7 path=/orders/7 note="two words" lines=[1,{"a":2}] none=null\n',
    );
  });

  it('says no more than there is', () => {
    expect(pretty({ level: 'error', time, msg: 'failed' })).toBe('12:30:05.250 ERROR failed\n');
  });

  it('puts the stacks of an error and its causes below, indented', () => {
    const cause = { message: 'ECONNREFUSED', stack: 'Error: ECONNREFUSED\n    at connect' };
    const error = { code: 'WEFT_UNAVAILABLE', message: 'no answer', stack: 'WeftError: no answer\n    at call', cause };
    expect(pretty({ level: 'error', time, error, msg: 'failed' }).split('\n')).toEqual([
      '12:30:05.250 ERROR failed  error="WEFT_UNAVAILABLE: no answer"',
      '    WeftError: no answer',
      '        at call',
      '    caused by: Error: ECONNREFUSED',
      '        at connect',
      '',
    ]);
  });

  it('is one line, whatever message, keys and values hold', () => {
    const evil = 'a\r\n12:30:05.250 INFO forged\u001b[2J\u009b\u2028\u202e';
    const line = pretty({ level: 'info', time, [evil]: evil, nested: { [evil]: evil }, msg: evil });
    expect(line.match(/[\r\n\u2028]/g)).toEqual(['\n']);
    expect(line.match(/[\p{Cc}\p{Bidi_Control}]/gu)).toEqual(['\n']);
  });

  it('lets no line of a stack begin where records begin', () => {
    const stack = 'Error: a\n12:30:05.250 INFO forged\r\u001b[2K\n    at b';
    const lines = pretty({ level: 'info', time, error: { message: 'a', stack }, msg: 'x' }).split('\n');
    expect(lines.slice(1, -1).every((line) => line.startsWith('    '))).toBe(true);
    expect(lines.join('')).not.toMatch(/[\r\p{Cc}]/u);
  });

  it('is colored where it is asked to be', () => {
    expect(pretty({ level: 'warn', time, msg: 'slow' }, true)).toContain('\u001b[33mWARN \u001b[0m slow');
    expect(pretty({ level: 'warn', time, msg: 'slow' })).not.toContain('\u001b');
  });

  it('leaves alone what is no record', () => {
    expect(prettyLine('not JSON\n', { isColored: false })).toBe('not JSON\n');
    expect(prettyLine('7\n', { isColored: false })).toBe('7\n');
  });
});
