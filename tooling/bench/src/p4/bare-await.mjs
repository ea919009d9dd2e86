import { policyVariant, task } from './task.mjs';

/** The floor: the task awaited, and nothing in front of it. */
export async function open() {
  return policyVariant(task);
}
