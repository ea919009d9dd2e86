import { fixedRegistry, instanceRecord, type Script, scriptedTransport, seededRandom, virtualClock } from '@weft/conformance';
import { Registry } from '@weft/registry';
import { Client } from '../src/client.js';
import type { ClientOptions } from '../src/options.js';

/** For tests: a client of `users` over a scripted transport, a registry that a test sets, and a clock that it moves. */
export async function clientScene(script: Script, options: Partial<ClientOptions> = {}, ids: readonly string[] = ['users-1']) {
  const clock = virtualClock();
  const random = seededRandom(7);
  const driver = fixedRegistry(ids.map((id) => instanceRecord(id)));
  const registry = new Registry(driver, { clock, random });
  const transport = scriptedTransport(script);
  const client = new Client({ serviceName: 'users', registry, transport, clock, random, ...options });
  await clock.advance(0);
  const close = async () => {
    await client.close();
    await registry.close();
  };
  return { clock, driver, registry, transport, client, close };
}
