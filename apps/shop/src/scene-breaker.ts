import { createServer } from 'node:net';
import type { WeftError } from '@weft/core';
import { createCircuitBreaker, createClient, createService } from '@weft/host';
import type { Scene } from './scene.js';
import { rest } from './scene.js';

const OPEN_MS = 2_000;

/** (d) The seed's breaker on a dependency that is registered and dead: opens, shows half-open, closes when it lives. */
export const breaker: Scene = {
  name: 'the breaker opens on a dead dependency, half-opens, closes',
  breaksAnswers: true,
  async play({ registry, say }) {
    const port = await freePort();
    await registry.register({ id: 'ratings-1', name: 'ratings', host: '127.0.0.1', port });
    const gate = createCircuitBreaker({ threshold: 5, timeout: OPEN_MS, halfOpen: true });
    const client = await createClient({ serviceName: 'ratings', registry, circuitBreaker: gate, retries: 0, timeout: '2s' });
    let calls = 0;
    let tries = 0;
    for (; gate.isClosed() && calls < 50; calls++) {
      await client.get('/ratings/1').catch(({ attempts }: WeftError) => {
        tries += attempts.length;
      });
    }
    const opened = gate.isOpen();
    say(`breaker open after ${calls} failed calls, ${tries} tries in all`);
    const refusal = await client.get('/ratings/1').catch((error: { code?: string }) => error.code);
    await rest(OPEN_MS + 50);
    const halfOpen = gate.isHalfOpen();
    say(`half-open after ${OPEN_MS} ms with no call made: ${halfOpen}`);

    await registry.deregister('ratings-1');
    const ratings = await createService({ name: 'ratings', id: 'ratings-1', port, registry });
    ratings.addHandler('GET /ratings/:id', async ({ params }) => ({ id: params.id, stars: 5 }));
    await ratings.start();
    let answer = 0;
    for (let asked = 0; asked < 40 && answer !== 200; asked++) {
      answer = await client.get('/ratings/1').then(
        ({ statusCode }) => statusCode,
        () => 0,
      );
      await rest(100);
    }
    const closed = gate.isClosed();
    say(`dependency is back, breaker closed: ${closed}`);
    await client.close();
    await ratings.stop({ immediate: true });
    return {
      ok: opened && refusal === 'WEFT_BREAKER_OPEN' && halfOpen && answer === 200 && closed,
      detail: `open after ${calls} failed calls, then ${String(refusal)}, half-open after ${OPEN_MS} ms: ${halfOpen}, closed by a success: ${closed}`,
    };
  },
};

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
