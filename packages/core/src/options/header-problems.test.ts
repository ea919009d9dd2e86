import { describe, expect, it } from 'vitest';
import { headerProblems } from './header-problems.js';

describe('headerProblems', () => {
  it('finds none in what can be sent', () => {
    expect(headerProblems({ authorization: 'Bearer x', 'x-empty': '', 'X-Latin': 'é' })).toEqual([]);
  });

  it('tells every name and value that cannot be sent, and no value', () => {
    const headers = { good: 'x', 'a b': 'x', '': 'x', line: 'secret\n', sign: '€ secret' };
    expect(headerProblems(headers)).toEqual([
      { path: 'a b', message: expect.stringMatching(/must be a valid HTTP token/) },
      { path: '', message: expect.stringMatching(/must be a valid HTTP token/) },
      { path: 'line', message: expect.stringMatching(/^(?!.*secret).*Invalid character/) },
      { path: 'sign', message: expect.stringMatching(/^(?!.*secret).*Invalid character/) },
    ]);
  });
});
