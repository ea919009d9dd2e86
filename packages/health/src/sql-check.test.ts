import { describe, expect, it } from 'vitest';
import { sqlCheck } from './sql-check.js';

describe('sqlCheck', () => {
  it('passes when the query does, whatever it finds (S181)', async () => {
    const asked: string[] = [];
    const query = async (text: string) => asked.push(text);
    await sqlCheck(() => query('SELECT 1'))();
    expect(asked).toEqual(['SELECT 1']);
  });

  it('fails with the reason of the query', async () => {
    const query = async () => Promise.reject(new Error('too many clients already'));
    await expect(sqlCheck(query)()).rejects.toThrow('database: too many clients already');
  });

  it('shows no password that stands in the reason (R80)', async () => {
    const query = async () => Promise.reject(new Error('no answer of postgres://app:planted@db/orders, password=planted'));
    const reason = 'database: no answer of postgres://[redacted]@db/orders, password=[redacted]';
    await expect(sqlCheck(query)()).rejects.toMatchObject({ message: reason });
  });

  it('fails when the query hangs, and takes it back', async () => {
    let signalled: AbortSignal | undefined;
    const hanging = (signal: AbortSignal) => {
      signalled = signal;
      return new Promise(() => {});
    };
    await expect(sqlCheck(hanging, { timeout: 20 })()).rejects.toThrow('database: no answer within 20 ms');
    expect(signalled?.aborted).toBe(true);
  });
});
