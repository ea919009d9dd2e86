import { Session } from 'node:inspector/promises';

/**
 * Where a process spends its time from now on.
 * @typedef {{ at: string, share: number }} Cost function, file and line, and its own share of the time that was not idle
 */
export class Profile {
  #session = new Session();

  /** @returns {Promise<Profile>} */
  static async start() {
    const profile = new Profile();
    profile.#session.connect();
    await profile.#session.post('Profiler.enable');
    await profile.#session.post('Profiler.start');
    return profile;
  }

  /**
   * Ends it.
   * @returns {Promise<Cost[]>} the dearest, dearest first
   */
  async topCosts(count = 12) {
    const { profile } = await this.#session.post('Profiler.stop');
    this.#session.disconnect();
    return costsOf(profile).slice(0, count);
  }
}

/** @param {import('node:inspector').Profiler.Profile} profile */
function costsOf({ nodes, samples = [] }) {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const id of samples) {
    const name = names.get(id) ?? '';
    if (name !== '(idle)') counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const busy = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return [...counts].map(([at, count]) => ({ at, share: count / busy })).sort((a, b) => b.share - a.share);
}

/** @param {import('node:inspector').Runtime.CallFrame} frame */
function nameOf({ functionName, url, lineNumber }) {
  const file = url.replace(/^file:\/\//, '').replace(/^.*\/(?=[^/]+\/[^/]+\/[^/]+$)/, '');
  return file ? `${functionName || '(anonymous)'} ${file}:${lineNumber + 1}` : functionName || '(anonymous)';
}
