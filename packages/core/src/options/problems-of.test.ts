import { describe, expect, it } from 'vitest';
import { WeftError } from '../errors.js';
import { parseDuration } from './duration.js';
import { problemsIn, problemsOf, schemaProblems } from './problems-of.js';

describe('problemsOf', () => {
  it('gives the problems that a refusal tells', () => {
    const problems = [{ path: 'a.b', message: 'is wrong' }];
    expect(problemsOf(new WeftError('WEFT_CONFIG_INVALID', 'a.b: is wrong', { problems }))).toEqual(problems);
  });

  it.each([new Error('broken'), new WeftError('WEFT_DEADLINE_EXCEEDED', 'late'), undefined])('throws %s on', (error) => {
    expect(() => problemsOf(error)).toThrow(error);
  });
});

describe('problemsIn', () => {
  it('is empty for what is taken', () => {
    expect(problemsIn('limits', () => parseDuration('5s', 'limits.timeout'))).toEqual([]);
  });

  it('gives what is refused, with paths below that of the whole', () => {
    const message = expect.stringContaining('soon');
    expect(problemsIn('limits', () => parseDuration('soon' as never, 'limits.timeout'))).toEqual([{ path: 'timeout', message }]);
    expect(problemsIn('limits', () => parseDuration('soon' as never, 'limits'))).toEqual([{ path: 'limits', message }]);
  });

  it('throws on what is no refusal', () => {
    const error = new TypeError('broken');
    const parse = () => {
      throw error;
    };
    expect(() => problemsIn('limits', parse)).toThrow(error);
  });
});

describe('schemaProblems', () => {
  it('puts what a schema found below the place of the value', () => {
    const issues = [{ message: 'a', path: ['url'] }, { message: 'b', path: [0, 'x'] }, { message: 'c' }];
    const paths = (at?: string) => schemaProblems(issues, at).map(({ path, message }) => `${path} ${message}`);
    expect(paths('tracing')).toEqual(['tracing.url a', 'tracing[0].x b', 'tracing c']);
    expect(paths()).toEqual(['url a', '[0].x b', ' c']);
  });
});
