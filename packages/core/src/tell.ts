import type { EventEmitter } from 'node:events';
import { messageOf } from './errors.js';
import type { Logger } from './logger.js';

/** Tells the listeners of an event, `once` ones too. One that throws is logged, and stops neither the teller nor the others. */
export function tell<Payload>(emitter: EventEmitter, event: string, payload: Payload, logger: Logger): void {
  for (const listener of emitter.rawListeners(event)) {
    try {
      Reflect.apply(listener, emitter, [payload]);
    } catch (error) {
      logger.error('a listener threw', { event, error: messageOf(error) });
    }
  }
}
