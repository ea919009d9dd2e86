import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { checkOptions } from './check-options.js';
import { toldIssues } from './told-issues.js';

const options = z.strictObject({
  address: z.union([z.string(), z.array(z.string())]).optional(),
  tls: z.union([z.boolean(), z.strictObject({ ca: z.string().optional() })]).optional(),
  name: z.string().min(1).optional(),
  url: z.union([z.literal(''), z.url()], 'expected a URL').optional(),
});

function told(given: object) {
  const { error } = options.safeParse(given);
  return toldIssues(error?.issues ?? [], given).map(({ path, message }) => [path?.join('.'), message]);
}

describe('What is wrong with the options of a driver', () => {
  it('says what would fit, and what was found, where none of the choices fits', () => {
    expect(told({ address: 5, tls: 'yes' })).toEqual([
      ['address', 'expected text or a list, found 5'],
      ['tls', 'expected true or false or an object, found "yes"'],
    ]);
  });

  it('is left as it is where the schema has words of its own for it', () => {
    expect(told({ url: 5 })).toEqual([['url', 'expected a URL']]);
  });

  it('stands with its place in the config', async () => {
    const driver = { contract: 1, slot: 'registry', name: 'own', options, open: () => expect.unreachable() } as const;
    expect(await checkOptions(driver, { address: 5, tls: { caa: 'x' } }, { path: 'registry', hostKeys: [] })).toEqual({
      problems: [
        { path: 'registry.address', message: 'expected text or a list, found 5' },
        { path: 'registry.tls.caa', message: 'unknown key. Did you mean "ca"?' },
      ],
    });
  });

  it('is said by the choice that was meant, where there is one', () => {
    expect(told({ address: ['a', 5] })).toEqual([['address.1', expect.stringContaining('expected string')]]);
    expect(told({ tls: { ca: 5 } })).toEqual([['tls.ca', expect.stringContaining('expected string')]]);
  });

  it('is said once for each place, and for each unknown key', () => {
    expect(told({ name: [] })).toEqual([['name', expect.stringContaining('expected string')]]);
    const issues = [{ message: 'both' }, { message: 'again' }, { message: 'unknown', keys: ['a'] }];
    expect(toldIssues(issues, {}).map(({ message }) => message)).toEqual(['both', 'unknown']);
  });

  it('does not show a long text, which may be a key', () => {
    expect(told({ tls: 'k'.repeat(50) })).toEqual([['tls', 'expected true or false or an object, found a long text']]);
  });
});
