import { describe, expect, it } from 'vitest';
import { chooseVersion, compareVersions } from './choose-version.js';

const table = (handler: string | undefined, ...versions: string[]) => ({
  handler,
  versions: new Map(versions.map((version) => [version, `v${version}`])),
});

describe('chooseVersion', () => {
  it('takes exactly the version that was asked for', () => {
    expect(chooseVersion(table('plain', '1.0.0', '2.0.0'), '1.0.0', false)).toEqual({ version: '1.0.0', handler: 'v1.0.0' });
  });

  it.each(['', 'latest', '9.9.9'])('takes the plain handler for "%s"', (asked) => {
    expect(chooseVersion(table('plain', '2.0.0'), asked, false)).toEqual({ version: 'latest', handler: 'plain' });
  });

  it('takes the highest version when there is no plain handler', () => {
    expect(chooseVersion(table(undefined, '9.0.0', '10.0.0', '10.0.0-rc.1'), '', false).version).toBe('10.0.0');
  });

  it('refuses an unknown version when it is strict, naming the known ones', () => {
    expect(() => chooseVersion(table('plain', '1.0.0', '2.0.0'), '3', true)).toThrow('Known: 1.0.0, 2.0.0');
    expect(chooseVersion(table('plain', '1.0.0'), 'latest', true).handler).toBe('plain');
  });
});

describe('compareVersions', () => {
  it('orders by semver', () => {
    const ordered = [
      '1.0.0-alpha',
      '1.0.0-alpha.1',
      '1.0.0-beta.2',
      '1.0.0-beta.11',
      '1.0.0',
      '1.0.1',
      '1.2.0',
      '1.10.0',
      'v2.0.0',
    ];
    expect([...ordered].reverse().sort(compareVersions)).toEqual(ordered);
  });
});
