import { once } from 'node:events';
import { request } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { Providers } from './providers.js';

const rest = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function get(port: number, path: string): Promise<number | undefined> {
  const sent = request({ port, host: '127.0.0.1', path, agent: false });
  sent.end();
  const [reply] = await once(sent, 'response');
  reply.resume();
  await once(reply, 'end');
  return reply.statusCode;
}

describe('SIGTERM while a handler runs', () => {
  let providers: Providers | undefined;
  afterEach(() => providers?.stop());

  it('R21 lets a handler of 10 s finish, takes new calls for the propagation time, and exits 0', async () => {
    const CONFIG = JSON.stringify({ service: { drain: { propagation: '1s' } } });
    providers = await Providers.start(1, { DELAY_MS: '10000', CONFIG });
    const { port } = providers.running.get('things-1') ?? { port: 0 };
    const slow = get(port, '/things/7');
    await rest(200);
    const left = providers.leave('things-1');
    await rest(50);
    expect(await get(port, '/livez'), 'a caller that does not know yet is served').toBe(200);
    const refusal = () => get(port, '/livez').catch(({ code }: NodeJS.ErrnoException) => code);
    await expect.poll(refusal, { timeout: 7_000, message: 'refused once callers had time to know' }).toBe('ECONNREFUSED');
    expect(await slow).toBe(200);
    expect(await left).toBe(0);
  });
});
