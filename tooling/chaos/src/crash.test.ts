import { once } from 'node:events';
import { describeOn } from '@weft-tooling/servers';
import { describe, expect, it } from 'vitest';
import { openPlace } from './open-place.js';
import { Providers } from './providers.js';

/** For the record and for telemetry, 2 s each, and five times as much on a busy machine. */
const AT_MOST_MS = 5 * 4_000;

/** Has a provider throw where nobody catches; resolves to its exit code and what it wrote to its log. */
async function crash(providers: Providers, id: string): Promise<{ code: number | null; log: string }> {
  const { port, process: child, lines } = providers.get(id);
  providers.running.delete(id);
  const closed = once(child, 'close', { signal: AbortSignal.timeout(AT_MOST_MS) }) as Promise<[number | null]>;
  await fetch(`http://127.0.0.1:${port}/crash`, { method: 'POST' });
  const [code] = await closed;
  return { code, log: lines.join('') };
}

describe('an exception that nobody catches, in a provider process', () => {
  it('ends it with 1 and a line in the log, and callers need not wait for its TTL', async () => {
    const providers = await Providers.start(2, { TTL: '1h' });
    try {
      const { code, log } = await crash(providers, 'things-1');
      expect(code).toBe(1);
      expect(log.match(/Fatal: uncaught exception: it cannot be, password=\[redacted\]/g)).toHaveLength(1);
      expect(log).not.toContain('planted');
      await providers.untilListed(1);
    } finally {
      await providers.stop();
    }
  });

  describeOn('redis', describe)('whose registry does not answer', () => {
    it('ends it all the same', async () => {
      const place = await openPlace('redis');
      const providers = await Providers.on(place, 1);
      await place.server.pause();
      try {
        expect((await crash(providers, 'things-1')).code).toBe(1);
      } finally {
        place.server.resume();
        await providers.stop();
      }
    });
  });
});
