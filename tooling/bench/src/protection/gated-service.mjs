import { setTimeout as sleep } from 'node:timers/promises';
import { Service } from '@weft/service';
import { userAnswer } from '../user-answer.mjs';
import { Gate } from './gate.mjs';

/**
 * A service whose capacity is that of a gate in its handler: `places` at once, `eachMs` each.
 * @param {{ options: { places: number, eachMs: number, service: Partial<import('@weft/service').ServiceOptions> } }} setting
 */
export async function open({ options: { places, eachMs, service: options } }) {
  const gate = new Gate(places);
  const service = new Service({ name: 'users', ...options });
  service.addHandler('GET /users/:id', async ({ params }) => {
    await gate.enter();
    await sleep(eachMs);
    gate.leave();
    return userAnswer(String(params.id));
  });
  await service.start();
  return { ports: [service.port], close: () => service.stop({ immediate: true }) };
}
