import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { Client } from '@weft/client';
import { openHttpTransport } from '@weft/transport-http';
import { afterEach, describe, expect, it } from 'vitest';
import { Providers } from './providers.js';

describe('deploys and faulty handlers, with real processes', () => {
  let providers: Providers | undefined;
  afterEach(() => providers?.stop());

  it('R26 answers carry connection: close while draining, and a keep-alive client moves away without an error', async () => {
    providers = await Providers.start(2);
    const CONFIG = JSON.stringify({ service: { drain: { propagation: '2s' } } });
    const { port } = await providers.add('things-leaving', {}, { CONFIG });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ask = async () => {
      const sent = request({ port, host: '127.0.0.1', path: '/things/1', agent });
      sent.end();
      const [reply] = await once(sent, 'response');
      reply.resume();
      await once(reply, 'end');
      return { status: reply.statusCode, connection: reply.headers.connection };
    };
    expect(await ask()).toEqual({ status: 200, connection: 'keep-alive' });
    const left = providers.leave('things-leaving');
    const answers = [await ask()];
    // It has to hear of the signal first.
    while (answers.at(-1)?.connection !== 'close') answers.push(await ask());
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(await left).toBe(0);
    agent.destroy();
  });

  it('R18 a handler that throws, rejects or leaves a rejection unhandled is a 500 without a stack, and the process stays', async () => {
    providers = await Providers.start(1);
    const transport = openHttpTransport();
    const client = new Client({ serviceName: 'things', registry: providers.registry, transport, retries: 0, outlier: false });
    for (const path of ['/throws', '/rejects', '/unhandled']) {
      const reply = await client.get(path);
      expect(reply.statusCode).toBe(500);
      expect(reply.text()).toBe('{"error":"Internal server error","code":500}');
    }
    expect((await client.get('/things/1')).statusCode).toBe(200);
    const { lines } = providers.get('things-1');
    await expect.poll(() => lines.join('').match(/"msg":"Panic: [^"]*"/g)).toHaveLength(4);
    expect(providers.running.get('things-1')?.process.exitCode).toBeNull();
    await client.close();
    await transport.close();
  });
});
