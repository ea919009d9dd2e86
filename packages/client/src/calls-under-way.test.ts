import { settle } from '@weft/conformance';
import type { WeftError } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { clientScene } from '../test/client-scene.js';

describe('closing a client', () => {
  it('waits for a call that a middleware still holds', async () => {
    let go: (() => void) | undefined;
    const { client, clock, registry } = await clientScene(() => ({}));
    client.use((next) => async (request) => {
      await new Promise<void>((resolve) => {
        go = resolve;
      });
      return next(request);
    });
    const pending = client.get('/users/7');
    await settle();
    const closing = client.close();
    go?.();
    expect((await pending).statusCode).toBe(200);
    await closing;
    await registry.close();
    expect(clock.pendingTimers()).toBe(0);
  });

  it('ends the calls that are under way after 20 s', async () => {
    const { client, clock, close } = await clientScene(() => 'hang', { timeout: false });
    const failure = client.get('/users/7').catch((error: WeftError) => error);
    await settle();
    const closing = close();
    await clock.advance(20_000);
    expect(await failure).toMatchObject({ code: 'WEFT_CLOSED' });
    await closing;
    expect(clock.pendingTimers()).toBe(0);
  });

  it('makes nothing new afterwards', async () => {
    const { client, close } = await clientScene(() => ({}));
    await close();
    expect(() => client.getCircuitBreaker('orders')).toThrow(/closed/);
  });
});
