import { existsSync } from 'node:fs';
import { describeOn } from '@weft-tooling/servers';
import { describe, expect, it } from 'vitest';
import { openBackend } from './backend.js';

describe('openBackend', () => {
  it('makes a folder of its own, and removes it', async () => {
    const { driver, address, server, close } = await openBackend('file');
    expect([driver, existsSync(address), server]).toEqual(['file', true, undefined]);
    await close();
    expect(existsSync(address)).toBe(false);
  });
});

describeOn('redis', describe)('openBackend on a server', () => {
  it('starts a server that remembers what it is told', async () => {
    const { address, server, close } = await openBackend('redis');
    try {
      await server?.run(['set', 'a', '1']);
      await server?.restart();
      expect([(await server?.run(['get', 'a']))?.trim(), server?.address]).toEqual(['1', address]);
    } finally {
      await close();
    }
  });
});
