import { createClient } from '@weft/host';
import { describe, expect, it, onTestFinished } from 'vitest';
import { inSampleFolder } from './sample-folder.js';
import { startedService } from './started-service.js';

inSampleFolder();

describe('a breaker by driver', () => {
  it('opossum guards a client: one word of the config, nothing else changes (S67, S73)', async () => {
    await startedService(
      { name: 'ratings' },
      {
        'GET /ratings': () => {
          throw new Error('down');
        },
      },
    );
    const ratings = await createClient({
      serviceName: 'ratings',
      retries: 0,
      circuitBreaker: { driver: 'opossum', threshold: 3, timeout: '30s' },
    });
    onTestFinished(() => ratings.close());
    for (let call = 0; call < 3; call++) expect((await ratings.get('/ratings')).statusCode).toBe(500);
    expect(ratings.getCircuitBreaker()?.isOpen()).toBe(true);
    await expect(ratings.get('/ratings')).rejects.toMatchObject({ code: 'WEFT_BREAKER_OPEN' });
  });
});
