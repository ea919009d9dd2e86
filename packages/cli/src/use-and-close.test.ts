import { describe, expect, it } from 'vitest';
import { useAndClose } from './use-and-close.js';

describe('useAndClose', () => {
  it('tells what close failed with, and leaves no rejection behind when a signal closed it early', async () => {
    const control = new AbortController();
    const part = { close: () => Promise.reject(new Error('stuck')) };
    const use = async () => {
      control.abort();
      await new Promise((resolve) => setImmediate(resolve));
      return 0;
    };
    await expect(useAndClose(part, control.signal, use)).rejects.toThrow('stuck');
  });
});
