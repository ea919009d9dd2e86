import { describe, expect, it } from 'vitest';
import { memoryCheck } from './memory-check.js';

describe('memoryCheck', () => {
  it('passes while there is memory left', async () => {
    await memoryCheck()();
    await memoryCheck({ maxHeapRatio: 1, maxRss: '1TiB' })();
  });

  it('fails when the heap is nearly full, and says by how much', async () => {
    const reason = /^heap: [\d.]+ MiB of [\d.]+ [MG]iB used, more than 0 %$/;
    await expect(memoryCheck({ maxHeapRatio: 0.000_1 })()).rejects.toThrow(reason);
  });

  it('fails when the process is too large', async () => {
    await expect(memoryCheck({ maxRss: '1MiB' })()).rejects.toThrow(/^resident memory: [\d.]+ [MG]iB, more than 1\.0 MiB$/);
  });

  it('refuses limits that are none', () => {
    expect(() => memoryCheck({ maxHeapRatio: 95 })).toThrow(/maxHeapRatio: 95: expected a number above 0, up to 1/);
    expect(() => memoryCheck({ maxRss: '1 gigabyte' })).toThrow(/maxRss: "1 gigabyte": expected a number of bytes from 1 on/);
  });
});
