import { describe, expect, it } from 'vitest';
import { isTrustedHost } from './trusted-host.js';

describe('isTrustedHost', () => {
  it.each(['127.0.0.1', '127.0.0.1:9464', 'localhost:9464', 'LOCALHOST', '[::1]:9464', '[::1]', '10.0.0.7:80', 'metrics.shop:1'])(
    'trusts %s',
    (header) => {
      expect(isTrustedHost(header, ['metrics.shop'])).toBe(true);
    },
  );

  it.each([
    undefined,
    '',
    'evil.example',
    'evil.example:9464',
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    'evil@127.0.0.1',
    '127.0.0.1/evil',
    '127.0.0.1 evil',
    '[evil]',
    '::1',
    '127.0.0.1:9464:1',
    'other.shop',
  ])('does not trust %j: a name may be made to point here (DNS rebinding)', (header) => {
    expect(isTrustedHost(header, ['metrics.shop'])).toBe(false);
  });
});
