import { userAnswer } from '../user-answer.mjs';

const answer = userAnswer('7');

/** Calls within the window of a breaker when the failures begin. */
export const IN_WINDOW = 100_000;

const failure = new Error('the service is down');

/** A task that fails; always with the same error, for making one costs more than any breaker. */
export const failing = async () => {
  throw failure;
};

/** What a caller does with that error, as the answer that is checked. */
export const recover = (/** @type {unknown} */ error) => (error === failure ? answer : undefined);
