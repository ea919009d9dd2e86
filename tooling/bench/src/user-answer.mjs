import { isDeepStrictEqual } from 'node:util';

/** What every client variant asks for. */
export const USER_PATH = '/users/7';

/**
 * The answer of every server: about 200 bytes of JSON.
 * @param {string} id
 */
export function userAnswer(id) {
  return {
    id,
    name: 'Ada Lovelace',
    email: 'ada@example.com',
    roles: ['admin', 'author'],
    address: { street: '12 St James Square', city: 'London', country: 'GB' },
    createdAt: '2024-05-01T12:00:00.000Z',
    active: true,
  };
}

/**
 * Throws unless it is the answer to `USER_PATH`: a variant that answers wrongly is not measured.
 * @param {unknown} answer
 */
export function checkAnswer(answer) {
  if (!isDeepStrictEqual(answer, userAnswer('7'))) throw new Error(`answered ${JSON.stringify(answer)}`);
}
