import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { describeOn } from '@weft-tooling/servers';
import { describe, expect, it } from 'vitest';
import { openBackend } from './backend.js';

describe('openBackend', () => {
  it('makes a folder of its own, and removes it', async () => {
    const { driver, address, server, keys, close } = await openBackend('file');
    const folder = dirname(address);
    expect([driver, existsSync(folder), server, keys]).toEqual(['file', true, undefined, undefined]);
    await close();
    expect(existsSync(folder)).toBe(false);
  });
});

describeOn('redis', describe)('openBackend on a server', () => {
  it('starts a server that remembers what it is told, and another one for keys', async () => {
    const { address, server, keys, close } = await openBackend('redis');
    try {
      expect(keys).toMatch(/:\d+$/);
      expect(keys).not.toBe(address);
      await server?.run(['set', 'a', '1']);
      await server?.restart();
      expect([(await server?.run(['get', 'a']))?.trim(), server?.address]).toEqual(['1', address]);
    } finally {
      await close();
    }
  });
});
