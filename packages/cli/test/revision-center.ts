/** A module with a config driver that keeps its texts, their revisions and their history for as long as it is loaded. */
export const REVISION_CENTER = `
const entries = new Map();
const past = [];
const conflict = () => Object.assign(new Error('other revision'), { [Symbol.for('weft.error')]: true, code: 'WEFT_CONFLICT', attempts: [] });
const value = {
  supports: { propagationMs: 0, multiProcess: false, history: true, compareAndSet: true },
  get: async (key) => entries.get(key),
  async set(key, text, { ifRevision }) {
    if (ifRevision !== undefined && ifRevision !== (entries.get(key)?.revision ?? null)) throw conflict();
    past.unshift({ key, text, revision: 'r' + (past.length + 1) });
    entries.set(key, past[0]);
  },
  list: async () => [...entries.values()],
  history: async (key) => past.filter((entry) => entry.key === key),
  close: async () => {},
};
const options = { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } };
export default { contract: 1, slot: 'config', name: 'own', options, open: async () => ({ value }) };
`;
