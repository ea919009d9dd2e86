import { clientVariant } from '../concurrent-calls.mjs';
import { USER_PATH } from '../user-answer.mjs';
import { openPool } from './undici-request.mjs';

/** undici without its promises and body streams, by the handler names of its core. @param {import('../area.mjs').Setting} setting */
export async function open({ origins }) {
  const pool = openPool(origins);
  const options = { method: /** @type {const} */ ('GET'), path: USER_PATH };
  const call = () => new Promise((resolve, reject) => pool.dispatch(options, new JsonAnswer(resolve, reject)));
  return clientVariant(call, () => pool.close());
}

/** Puts the pieces of an answer together and parses it. */
class JsonAnswer {
  /** @type {Buffer[]} */
  #pieces = [];
  #resolve;

  /**
   * @param {(answer: unknown) => void} resolve
   * @param {(error: Error) => void} reject
   */
  constructor(resolve, reject) {
    this.#resolve = resolve;
    this.onError = reject;
  }

  onConnect() {}

  onHeaders() {
    return true;
  }

  /** @param {Buffer} piece */
  onData(piece) {
    this.#pieces.push(piece);
    return true;
  }

  onComplete() {
    const [first, ...rest] = this.#pieces;
    this.#resolve(JSON.parse(String(rest.length > 0 ? Buffer.concat(this.#pieces) : first)));
  }
}
