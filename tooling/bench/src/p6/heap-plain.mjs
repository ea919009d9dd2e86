import { heapInUse } from '../collect-garbage.mjs';
import { records } from './records.mjs';

const EACH = 100;

/**
 * What the same records take as JSON gives them, in one list for each service.
 * @param {import('../figure-area.mjs').FigureSetting} setting
 * @returns {Promise<import('../figure-area.mjs').FigureSource>}
 */
export async function open({ calls }) {
  const services = Math.ceil(calls / EACH);
  /** @type {(readonly object[])[]} */
  const lists = [];
  const measure = async () => {
    const atFirst = await heapInUse();
    for (let index = 0; index < services; index++) lists.push(records(index, EACH));
    const bytes = (await heapInUse()) - atFirst;
    return { allMB: bytes / 1e6, perInstanceBytes: bytes / (lists.length * EACH) };
  };
  return { measure, close: () => void lists.splice(0) };
}
