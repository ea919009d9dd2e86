import { describe, expect, it } from 'vitest';
import type { Middleware } from './middleware.js';
import { compose } from './middleware.js';

describe('compose', () => {
  it('runs the first outermost, and lets next be called again', async () => {
    const order: string[] = [];
    const named =
      (name: string, times = 1): Middleware<string, string> =>
      (next) =>
      async (request) => {
        order.push(name);
        let reply = '';
        for (let n = 0; n < times; n++) reply = await next(`${request}${name}`);
        return reply;
      };
    const handle = compose([named('a', 2), named('b')], async (request) => {
      order.push('inner');
      return request;
    });
    expect(await handle('>')).toBe('>ab');
    expect(order).toEqual(['a', 'b', 'inner', 'b', 'inner']);
  });
});
