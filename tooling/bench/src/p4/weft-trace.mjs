import { formatTraceparent, newTrace } from '@weft/tracing';
import { task } from './task.mjs';

/** A new trace and its header, which every call without an inherited one sends. @returns {Promise<import('../area.mjs').Opened>} */
export async function open() {
  let length = 0;
  return {
    first: task,
    async run(calls) {
      for (let made = 0; made < calls; made++) {
        length += formatTraceparent(newTrace()).length;
        await task();
      }
    },
    close() {
      if (length === 0) throw new Error('no header was made');
    },
  };
}
